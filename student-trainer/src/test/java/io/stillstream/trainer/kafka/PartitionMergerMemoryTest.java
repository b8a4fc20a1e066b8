package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Many partitions with large records: what waits of them in memory, counted. */
class PartitionMergerMemoryTest {
  private static final String TOPIC = "labeled-views";
  private static final int PARTITIONS = 48;
  private static final int RECORDS = 40;
  private static final int POLL_RECORDS = 10;

  /** Of a raw view of 224 × 224 × 3; all records share one. */
  private static final byte[] PIXELS = new byte[224 * 224 * 3];

  private static final long ALL = (long) PARTITIONS * RECORDS * PIXELS.length;
  private static final long WALL = 1_800_000_000_000L;

  @Test
  void shouldGiveTheSameOrderWithinAnyBudget() {
    // given
    Run free = run(Long.MAX_VALUE);
    assertThat(free.order()).hasSize(PARTITIONS * RECORDS).doesNotHaveDuplicates();
    assertThat(free.mostBytes()).isGreaterThan(ALL / 2);

    for (long budget : List.of(32L << 20, 12L << 20, 1L)) {
      // when
      Run run = run(budget);

      // then: the first of each partition may always wait
      assertThat(run.order()).isEqualTo(free.order());
      long first = (long) PARTITIONS * (PIXELS.length + PartitionMerger.OVERHEAD_BYTES);
      assertThat(run.mostBytes()).isLessThanOrEqualTo(Math.max(budget, first));
      assertThat(run.mostTakenBytes())
          .isLessThanOrEqualTo(
              Math.max(budget, first)
                  + (long) POLL_RECORDS * (PIXELS.length + PartitionMerger.OVERHEAD_BYTES));
    }
  }

  private record Run(List<String> order, long mostBytes, long mostTakenBytes) {}

  private static Run run(long budget) {
    LogConsumer consumer = new LogConsumer();
    // A millisecond goes by whenever it is looked at.
    AtomicLong nanos = new AtomicLong();
    MergedConsumer stream =
        new MergedConsumer(
            consumer,
            new GroupOffsets(consumer, "g", "student"),
            new PartitionMerger(Duration.ofSeconds(2), TOPIC),
            budget,
            InstantSource.fixed(Instant.ofEpochMilli(WALL)),
            () -> nanos.addAndGet(1_000_000));
    Map<TopicPartition, Long> begins = new HashMap<>();
    stream.partitions(TOPIC).forEach(partition -> begins.put(partition, 0L));
    stream.assign(begins);
    List<String> order = new ArrayList<>();
    long most = 0;
    long mostTaken = 0;
    while (order.size() < PARTITIONS * RECORDS) {
      long before = stream.waitingBytes();
      stream.fetch(Duration.ZERO);
      List<ConsumerRecord<byte[], byte[]>> records = stream.take(8);
      records.forEach(record -> order.add(record.partition() + "-" + record.offset()));
      most = Math.max(most, stream.waitingBytes());
      mostTaken = Math.max(mostTaken, before + consumer.lastBytes);
    }
    return new Run(order, most, mostTaken);
  }

  /** Reads a log that does not end, so that any of it can be read again. */
  private static final class LogConsumer extends MockConsumer<byte[], byte[]> {
    private final Map<TopicPartition, Long> ends = new TreeMap<>(LogConsumer::compare);
    private long lastBytes;

    LogConsumer() {
      super("earliest");
      Node node = new Node(0, "localhost", 9092);
      Node[] nodes = {node};
      List<PartitionInfo> infos = new ArrayList<>();
      Map<TopicPartition, Long> begins = new HashMap<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        infos.add(new PartitionInfo(TOPIC, partition, node, nodes, nodes));
        ends.put(new TopicPartition(TOPIC, partition), (long) RECORDS);
        begins.put(new TopicPartition(TOPIC, partition), 0L);
      }
      updatePartitions(TOPIC, infos);
      updateBeginningOffsets(begins);
      updateEndOffsets(ends);
    }

    private static int compare(TopicPartition one, TopicPartition other) {
      return Integer.compare(one.partition(), other.partition());
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
      Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
      int left = POLL_RECORDS;
      lastBytes = 0;
      // Each call makes a copy.
      Set<TopicPartition> paused = paused();
      for (TopicPartition partition : ends.keySet()) {
        if (left == 0 || paused.contains(partition)) {
          continue;
        }
        long offset = position(partition);
        while (left > 0 && offset < RECORDS) {
          records
              .computeIfAbsent(partition, p -> new ArrayList<>())
              .add(record(partition.partition(), offset));
          lastBytes += PIXELS.length + PartitionMerger.OVERHEAD_BYTES;
          offset++;
          left--;
        }
        seek(partition, offset);
        next.put(partition, new OffsetAndMetadata(offset));
      }
      return new ConsumerRecords<>(records, next);
    }

    private static ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
      return new ConsumerRecord<>(
          TOPIC,
          partition,
          offset,
          // An hour old, so nothing waits for what might come; partitions are out of step.
          WALL - 3_600_000 + 50 * offset + 11L * partition % 600,
          TimestampType.CREATE_TIME,
          0,
          PIXELS.length,
          null,
          PIXELS,
          new RecordHeaders(),
          Optional.empty());
    }
  }
}
