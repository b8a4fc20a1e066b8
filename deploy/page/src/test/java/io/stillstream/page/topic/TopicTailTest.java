package io.stillstream.page.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.lookup.StandaloneConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicTailTest {
  private static final TopicPartition PARTITION = new TopicPartition("labels", 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final List<Long> offsets = new ArrayList<>();
  private PageTopicReader reader;

  @BeforeEach
  void open() {
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    reader = new PageTopicReader(new StandaloneConsumer(consumer), System::nanoTime);
  }

  @AfterEach
  void close() {
    reader.close();
  }

  @Test
  void shouldBeginNearTheEndAndGoOnAfterIt() {
    // given
    TopicTail tail = new TopicTail(reader, "labels", 3);

    // when
    come(7, 10);
    tail.forEach(Map.of(PARTITION, 10L), this::note);
    come(10, 12);
    tail.forEach(Map.of(PARTITION, 12L), this::note);
    tail.forEach(Map.of(PARTITION, 12L, new TopicPartition("views", 0), 5L), this::note);

    // then
    assertThat(offsets).containsExactly(7L, 8L, 9L, 10L, 11L);
  }

  @Test
  void shouldReadLaterWhatDoesNotComeInTime() {
    // given
    TopicTail tail = new TopicTail(reader, "labels", 100);

    // when: five of ten come, and then nothing for as long as it waits
    come(0, 5);
    tail.forEach(Map.of(PARTITION, 10L), this::note);
    come(5, 10);
    tail.forEach(Map.of(PARTITION, 10L), this::note);

    // then
    assertThat(offsets).containsExactlyElementsOf(LongStream.range(0, 10).boxed().toList());
  }

  @Test
  void shouldReadAgainAfterAFailure() {
    // given
    TopicTail tail = new TopicTail(reader, "labels", 100);
    come(0, 2);

    // when
    assertThatThrownBy(
            () ->
                tail.forEach(
                    Map.of(PARTITION, 2L),
                    record -> {
                      throw new KafkaException("the registry is away");
                    }))
        .isInstanceOf(KafkaException.class);
    come(0, 2);
    tail.forEach(Map.of(PARTITION, 2L), this::note);

    // then
    assertThat(offsets).containsExactly(0L, 1L);
  }

  private void note(ConsumerRecord<byte[], byte[]> record) {
    offsets.add(record.offset());
  }

  /** With the next poll. */
  private void come(long from, long to) {
    consumer.schedulePollTask(
        () ->
            LongStream.range(from, to)
                .forEach(
                    offset ->
                        consumer.addRecord(
                            new ConsumerRecord<>(
                                PARTITION.topic(), PARTITION.partition(), offset, null, null))));
  }
}
