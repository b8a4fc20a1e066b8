package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PartitionMergerTest {
  private static final String TOPIC = "labeled";
  private static final Duration WAIT = Duration.ofMillis(100);

  private final PartitionMerger merge = new PartitionMerger(WAIT, TOPIC);

  @Test
  void shouldPassOnePartitionThrough() {
    // given
    merge.begin(in(0));

    // when
    merge.add(record(0, 5, 900), 1000, 1000);
    merge.add(record(0, 6, 800), 1000, 1000);

    // then
    assertThat(merge.next().offset()).isEqualTo(5);
    assertThat(merge.next().offset()).isEqualTo(6);
    assertThat(merge.next()).isNull();
    assertThat(merge.overdue(10_000)).isEmpty();
  }

  @Test
  void shouldTakeTheEarliestAndOfSeveralThatOfTheLowestPartition() {
    // given
    merge.begin(in(0));
    merge.begin(in(1));

    // when
    merge.add(record(1, 0, 800), 1000, 1000);
    merge.add(record(1, 1, 900), 1000, 1000);
    merge.add(record(0, 0, 900), 1000, 1000);
    merge.add(record(0, 1, 901), 1000, 1000);

    // then
    assertThat(next(3)).containsExactly("1-0", "0-0", "1-1");
    assertThat(merge.next()).isNull();
    assertThat(merge.position(in(0))).hasValue(1);
    assertThat(merge.position(in(1))).isEmpty();
    assertThat(merge.waiting(in(0))).isEqualTo(1);
  }

  @Test
  void shouldWaitForAPartitionUntilItIsKnownToHaveNothingThatComesFirst() {
    // given
    merge.begin(in(0));
    merge.begin(in(1));

    // when
    merge.add(record(0, 0, 900), 950, 950);

    // then
    assertThat(merge.next()).isNull();
    assertThat(merge.overdue(999)).isEmpty();
    assertThat(merge.overdue(1000)).containsExactly(in(1));
    merge.atEnd(in(1), 999);
    assertThat(merge.next()).isNull();
    merge.atEnd(in(1), 1000);
    assertThat(merge.next().timestamp()).isEqualTo(900);
  }

  @Test
  void shouldNotWaitLongerForRecordsFromTheFuture() {
    // given
    merge.begin(in(0));
    merge.begin(in(1));

    // when
    merge.add(record(0, 0, 9_000_000), 1000, 1000);

    // then
    assertThat(merge.overdue(1099)).isEmpty();
    assertThat(merge.overdue(1100)).containsExactly(in(1));
    merge.atEnd(in(1), 1100);
    assertThat(merge.next()).isNotNull();
  }

  @Test
  void shouldCountTheAgeThatARecordHasWhenItArrives() {
    // given
    merge.begin(in(0));
    merge.begin(in(1));

    // when: the clocks have nothing to do with each other
    merge.add(record(0, 0, 7_000_030), 7_000_090, 500);

    // then
    assertThat(merge.overdue(539)).isEmpty();
    assertThat(merge.overdue(540)).containsExactly(in(1));
  }

  /** However records are fetched, and from wherever it is taken up again. */
  @Test
  void shouldAlwaysGiveTheSameOrder() {
    for (int trial = 0; trial < 200; trial++) {
      // given: partitions of very different rates, one with nothing
      Random random = new Random(trial);
      List<List<ConsumerRecord<byte[], byte[]>>> log = new ArrayList<>();
      for (int partition = 0; partition < 4; partition++) {
        log.add(new ArrayList<>());
        long timestamp = 1000;
        for (int i = 0; i < partition * partition * 10; i++) {
          // Not even in order within a partition.
          timestamp += random.nextInt(20) - 4;
          log.get(partition).add(record(partition, i, timestamp));
        }
      }
      List<String> expected = read(log, new int[4], new Random(-1), Integer.MAX_VALUE);
      assertThat(expected).hasSize(140);

      // when
      int[] positions = new int[4];
      List<String> order = new ArrayList<>();
      while (order.size() < 140) {
        order.addAll(read(log, positions, random, 1 + random.nextInt(60)));
      }

      // then
      assertThat(order).isEqualTo(expected);
    }
  }

  @Test
  void shouldKeepToABudgetInTheSameOrder() {
    // given: 48 partitions with large records, and room for two of each
    int partitions = 48;
    byte[] pixels = new byte[150_000];
    List<List<ConsumerRecord<byte[], byte[]>>> log = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      log.add(new ArrayList<>());
      for (int i = 0; i < 50; i++) {
        long timestamp = 1000 + 50L * i + 7L * partition % 50;
        log.get(partition).add(record(partition, i, timestamp, pixels));
      }
    }
    long budget = 2L * partitions * pixels.length;
    List<String> expected = read(log, new int[partitions], new Random(1), Integer.MAX_VALUE);

    // when
    PartitionMerger small = new PartitionMerger(WAIT, TOPIC);
    int[] fetched = new int[partitions];
    IntStream.range(0, partitions).forEach(partition -> small.begin(in(partition)));
    List<String> order = new ArrayList<>();
    long most = 0;
    while (order.size() < partitions * 50) {
      for (int partition = 0; partition < partitions; partition++) {
        if (small.waiting(in(partition)) == 0) {
          for (int i = 0; i < 20 && fetched[partition] < 50; i++) {
            small.add(log.get(partition).get(fetched[partition]++), 1_000_000, 1_000_000);
          }
          small
              .trim(budget)
              .forEach((from, offset) -> fetched[from.partition()] = Math.toIntExact(offset));
          most = Math.max(most, small.bytes());
          if (small.waiting(in(partition)) == 0) {
            small.atEnd(in(partition), 1_000_000);
          }
        }
      }
      var record = small.next();
      while (record != null) {
        order.add(name(record));
        record = small.next();
      }
    }

    // then
    assertThat(order).isEqualTo(expected);
    assertThat(most).isLessThanOrEqualTo(budget).isGreaterThan(budget / 2);
    assertThat(small.bytes()).isZero();
  }

  @Test
  void shouldKeepTheFirstRecordOfEachPartitionWhateverItsSize() {
    // given
    merge.begin(in(0));
    merge.begin(in(1));
    merge.add(record(0, 5, 900, new byte[1000]), 1000, 1000);
    merge.add(record(0, 7, 901, new byte[1000]), 1000, 1000);
    merge.add(record(0, 8, 902, new byte[1000]), 1000, 1000);
    merge.add(record(1, 3, 899, new byte[5000]), 1000, 1000);

    // when
    Map<TopicPartition, Long> again = merge.trim(1);

    // then
    assertThat(again).containsExactly(Map.entry(in(0), 7L));
    assertThat(merge.bytes()).isEqualTo(6000 + 2 * PartitionMerger.OVERHEAD_BYTES);
    assertThat(name(merge.next())).isEqualTo("1-3");
  }

  @Test
  void shouldWaitForRecordsThatWereGivenBack() {
    // given: a partition that was at its end before it brought two records
    merge.begin(in(0));
    merge.begin(in(1));
    merge.atEnd(in(0), 5000);
    merge.add(record(0, 0, 900, new byte[1000]), 1000, 1000);
    merge.add(record(0, 1, 901, new byte[1000]), 1000, 1000);
    merge.add(record(1, 0, 950), 1000, 1000);

    // when
    assertThat(merge.trim(1500)).containsExactly(Map.entry(in(0), 1L));

    // then: the record that comes second is to be read again first
    assertThat(name(merge.next())).isEqualTo("0-0");
    assertThat(merge.next()).isNull();
    merge.add(record(0, 1, 901, new byte[1000]), 1000, 1000);
    assertThat(name(merge.next())).isEqualTo("0-1");
  }

  @Test
  void shouldCountHeadersAndRecordsWithoutContent() {
    // given
    merge.begin(in(0));
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            TOPIC,
            0,
            0,
            900,
            TimestampType.CREATE_TIME,
            0,
            0,
            null,
            null,
            new RecordHeaders().add("name", new byte[96]).add("none", null),
            Optional.empty());

    // when
    merge.add(record, 1000, 1000);

    // then
    assertThat(merge.bytes()).isEqualTo(PartitionMerger.OVERHEAD_BYTES + 104);
  }

  /** A run over records that are all there, which ends after so many; moves the positions. */
  private static List<String> read(
      List<List<ConsumerRecord<byte[], byte[]>>> log, int[] positions, Random random, int most) {
    PartitionMerger merge = new PartitionMerger(WAIT, TOPIC);
    int[] fetched = positions.clone();
    for (int partition = 0; partition < log.size(); partition++) {
      merge.begin(in(partition));
    }
    List<String> order = new ArrayList<>();
    for (long now = 1_000_000; order.size() < most && !isRead(log, positions); now++) {
      int from = random.nextInt(log.size());
      int count = random.nextInt(20);
      while (count-- > 0 && fetched[from] < log.get(from).size()) {
        merge.add(log.get(from).get(fetched[from]++), now, now);
      }
      for (TopicPartition partition : merge.overdue(now)) {
        if (fetched[partition.partition()] == log.get(partition.partition()).size()) {
          merge.atEnd(partition, now);
        }
      }
      var record = Optional.ofNullable(merge.next());
      for (; record.isPresent(); record = Optional.ofNullable(next(merge, order.size(), most))) {
        order.add(name(record.get()));
        positions[record.get().partition()]++;
      }
    }
    return order;
  }

  private static ConsumerRecord<byte[], byte[]> next(PartitionMerger merge, int given, int most) {
    return given < most ? merge.next() : null;
  }

  private static boolean isRead(List<List<ConsumerRecord<byte[], byte[]>>> log, int[] positions) {
    for (int partition = 0; partition < log.size(); partition++) {
      if (positions[partition] < log.get(partition).size()) {
        return false;
      }
    }
    return true;
  }

  private List<String> next(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(name(merge.next()));
    }
    return names;
  }

  private static TopicPartition in(int partition) {
    return new TopicPartition(TOPIC, partition);
  }

  private static String name(ConsumerRecord<byte[], byte[]> record) {
    return record.partition() + "-" + record.offset();
  }

  private static ConsumerRecord<byte[], byte[]> record(int partition, long offset, long timestamp) {
    return record(partition, offset, timestamp, new byte[0]);
  }

  private static ConsumerRecord<byte[], byte[]> record(
      int partition, long offset, long timestamp, byte[] value) {
    return new ConsumerRecord<>(
        TOPIC,
        partition,
        offset,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        new byte[0],
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
