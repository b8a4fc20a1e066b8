package io.stillstream.runtime.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.records.RecordCoordinates;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RecordLookupTest {
  private static final TopicPartition PARTITION = new TopicPartition("views", 0);

  private final Partition partition = new Partition();
  private final RecordLookup log = new RecordLookup(new StandaloneConsumer(partition.consumer()));
  private final List<Long> found = new ArrayList<>();

  @Test
  void shouldReadNewestFirst() {
    // given: several chunks, of which the smallest come first
    partition.begin = 100;
    partition.end = 5_000;

    // when
    boolean whole =
        log.newestFirst(
            PARTITION,
            Long.MAX_VALUE,
            record -> record.offset() % 1_000 == 1,
            () -> true,
            record -> found.add(record.offset()));

    // then: offset 4,001 to 1,001, but for the one that holds the mark of a transaction
    assertThat(whole).isTrue();
    assertThat(found).containsExactly(4_001L, 3_001L, 1_001L);
  }

  @Test
  void shouldEndWhereItIsTold() {
    // given
    partition.end = 50_000;

    // when, then: nobody wants more
    assertThat(
            log.newestFirst(
                PARTITION,
                Long.MAX_VALUE,
                record -> record.offset() % 2 == 0,
                () -> true,
                record -> {
                  found.add(record.offset());
                  return found.size() < 3;
                }))
        .isTrue();
    assertThat(found).containsExactly(49_998L, 49_996L, 49_994L);
    assertThat(partition.lowest).isEqualTo(49_000);

    // when, then: not further than so many records
    found.clear();
    assertThat(
            log.newestFirst(
                PARTITION,
                1_500,
                record -> record.offset() == 48_500 || record.offset() == 48_499,
                () -> true,
                record -> found.add(record.offset())))
        .isFalse();
    assertThat(found).containsExactly(48_500L);

    // when, then: no time
    assertThat(log.newestFirst(PARTITION, 10, record -> true, () -> false, record -> true))
        .isFalse();
  }

  @Test
  void shouldFetchOrSayWhyNot() {
    // given
    partition.begin = 10;
    partition.end = 5_000;

    // when, then
    assertThat(log.fetch(new RecordCoordinates("views", 0, 17)).offset()).isEqualTo(17);
    assertThatThrownBy(() -> log.fetch(new RecordCoordinates("views", 0, 9)))
        .hasMessage("views-0@9 has expired: its partition begins at 10")
        .satisfies(e -> assertThat(((RecordNotFoundException) e).isExpired()).isTrue());
    assertThatThrownBy(() -> log.fetch(new RecordCoordinates("views", 0, 5_000)))
        .hasMessage(
            "views-0@5000 is not there: what is committed in its partition ends before 5000")
        .satisfies(e -> assertThat(((RecordNotFoundException) e).isExpired()).isFalse());
    assertThatThrownBy(() -> log.fetch(new RecordCoordinates("views", 0, 2_001)))
        .hasMessageStartingWith("views-0@2001 holds no record: compacted away,");
    assertThatThrownBy(() -> log.fetch(new RecordCoordinates("views", 1, 0)))
        .hasMessage("there is no partition views-1");
    assertThatThrownBy(() -> log.fetch(new RecordCoordinates("other", 0, 0)))
        .hasMessage("there is no topic other");
  }

  /** A topic of one partition, with a record at every offset but 2,001. */
  private static final class Partition {
    private static final int FETCH = 300;
    private long begin;
    private long end;
    private long position;
    private long lowest = Long.MAX_VALUE;

    @SuppressWarnings("unchecked")
    Consumer<byte[], byte[]> consumer() {
      return (Consumer<byte[], byte[]>)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Consumer.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "partitionsFor" ->
                        arguments[0].equals("views")
                            ? List.of(new PartitionInfo("views", 0, null, null, null))
                            : List.of();
                    case "beginningOffsets" -> offsets(arguments[0], begin);
                    case "endOffsets" -> offsets(arguments[0], end);
                    case "assign" -> null;
                    case "seek" -> {
                      position = (long) arguments[1];
                      lowest = Math.min(lowest, position);
                      yield null;
                    }
                    case "position" -> position;
                    case "poll" -> poll();
                    default -> throw new IllegalStateException(method.getName());
                  });
    }

    private static Map<TopicPartition, Long> offsets(Object partitions, long offset) {
      return ((Collection<?>) partitions)
          .stream().collect(Collectors.toMap(TopicPartition.class::cast, p -> offset));
    }

    private ConsumerRecords<byte[], byte[]> poll() {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int i = 0; i < FETCH && position < end; i++, position++) {
        if (position != 2_001) {
          records.add(new ConsumerRecord<>("views", 0, position, new byte[1], new byte[1]));
        }
      }
      return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of());
    }
  }
}
