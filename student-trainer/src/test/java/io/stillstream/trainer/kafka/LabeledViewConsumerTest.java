package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class LabeledViewConsumerTest {
  private static final String TOPIC = "labeled-views";
  private static final TopicPartition BUSY = new TopicPartition(TOPIC, 0);
  private static final TopicPartition QUIET = new TopicPartition(TOPIC, 1);
  private static final Duration WAIT = Duration.ofSeconds(2);

  private final AtomicReference<Instant> wall =
      new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
  private final AtomicLong nanos = new AtomicLong(-1_000_000_000_000L);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private boolean brokersAnswer = true;
  private final LabeledViewConsumer stream =
      new LabeledViewConsumer(
          new MergedConsumer(
              consumer,
              new GroupOffsets(consumer, "g", "student"),
              new PartitionMerger(WAIT, TOPIC),
              1 << 20,
              wall::get,
              nanos::get),
          TOPIC,
          OnOffsetGap.STOP,
          new TopicIdentityVerifier(
              TOPIC,
              OnTopicChange.STOP,
              patience -> {
                if (!brokersAnswer) {
                  throw new TimeoutException("busy");
                }
                return TopicIdentity.UNKNOWN;
              },
              TopicIdentity.UNKNOWN),
          Optional.empty());

  @Test
  void shouldGiveWhatWaitsAfterTheClockWasSetBack() {
    // given: a record that a quiet partition holds back
    begin();
    arrive(0);
    assertThat(stream.poll(Duration.ZERO, 10)).isEmpty();
    // when
    wall.updateAndGet(now -> now.minus(Duration.ofHours(6)));
    nanos.addAndGet(WAIT.toNanos());
    // then
    assertThat(offsets(stream.poll(Duration.ZERO, 10))).containsExactly(0L);
  }

  @Test
  void shouldGiveWhatComesAfterTheClockWasSetBack() {
    // given
    begin();
    arrive(0);
    assertThat(stream.poll(Duration.ZERO, 10)).isEmpty();
    nanos.addAndGet(WAIT.toNanos());
    assertThat(offsets(stream.poll(Duration.ZERO, 10))).containsExactly(0L);
    // when: its own clock was set back, that of the records was not
    arrive(1);
    wall.updateAndGet(now -> now.minus(Duration.ofHours(6)));
    assertThat(stream.poll(Duration.ZERO, 10)).isEmpty();
    nanos.addAndGet(WAIT.toNanos());
    // then
    assertThat(offsets(stream.poll(Duration.ZERO, 10))).containsExactly(1L);
  }

  @Test
  void shouldNotAskOftenWhetherAPartitionHasAnything() {
    // given
    begin();
    arrive(0);
    stream.poll(Duration.ZERO, 10);
    consumer.updateEndOffsets(Map.of(QUIET, 5L));
    nanos.addAndGet(WAIT.toNanos());
    assertThat(stream.poll(Duration.ZERO, 10)).isEmpty();
    // when: it is at its end now, but has been asked a moment ago
    consumer.updateEndOffsets(Map.of(QUIET, 0L));
    // then
    assertThat(stream.poll(Duration.ZERO, 10)).isEmpty();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(offsets(stream.poll(Duration.ZERO, 10))).containsExactly(0L);
  }

  @Test
  void shouldGiveWhatWasTakenOutAlthoughTheEndsCannotBeAskedFor() {
    // given: a record of each partition; that of the busy one is followed by one that is held back
    begin();
    arrive(QUIET, 0);
    arrive(BUSY, 0);
    arrive(BUSY, 1);
    nanos.addAndGet(WAIT.toNanos());
    wall.updateAndGet(now -> now.plus(WAIT));
    // when: a refusal that is wrapped, as clients do now and then
    consumer.setOffsetsException(
        new KafkaException("ends of partitions", new TopicAuthorizationException(TOPIC)));
    // then
    assertThat(stream.poll(Duration.ZERO, 10)).hasSize(2);
  }

  @Test
  void shouldNotVouchForWhatWasReadSinceBrokersSaidWhichTopicItIs() {
    // given
    begin();
    assertThat(stream.verify()).isTrue();
    brokersAnswer = false;
    assertThat(stream.verify()).isTrue();

    // when: it may be of a topic that was made anew, also while it waits for other partitions
    arrive(0);
    assertThat(stream.poll(Duration.ZERO, 10)).isEmpty();

    // then
    assertThat(stream.verify()).isFalse();

    // when
    brokersAnswer = true;
    assertThat(stream.verify()).isTrue();
    brokersAnswer = false;
    nanos.addAndGet(WAIT.toNanos());

    // then: what was read before is known, wherever it is by now
    assertThat(offsets(stream.poll(Duration.ZERO, 10))).containsExactly(0L);
    assertThat(stream.verify()).isTrue();
  }

  private void begin() {
    Node node = new Node(0, "localhost", 9092);
    Node[] nodes = {node};
    consumer.updatePartitions(
        TOPIC,
        List.of(
            new PartitionInfo(TOPIC, 0, node, nodes, nodes),
            new PartitionInfo(TOPIC, 1, node, nodes, nodes)));
    consumer.updateBeginningOffsets(Map.of(BUSY, 0L, QUIET, 0L));
    consumer.updateEndOffsets(Map.of(BUSY, 0L, QUIET, 0L));
    stream.assignPartitions(Map.of());
  }

  private void arrive(long offset) {
    arrive(BUSY, offset);
  }

  private void arrive(TopicPartition partition, long offset) {
    consumer.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            partition.partition(),
            offset,
            wall.get().toEpochMilli(),
            TimestampType.CREATE_TIME,
            0,
            0,
            new byte[0],
            new byte[0],
            new RecordHeaders(),
            Optional.empty()));
  }

  private static List<Long> offsets(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream().map(ConsumerRecord::offset).toList();
  }
}
