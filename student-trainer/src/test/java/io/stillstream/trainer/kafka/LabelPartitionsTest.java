package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Labels beside views in one stream, and what becomes of it when their topic is not as it was. */
class LabelPartitionsTest {
  private static final String VIEWS = "labeled-views";

  /** Before the other one in the alphabet: it must not matter. */
  private static final String LABELS = "a-labels";

  private static final TopicPartition VIEW = new TopicPartition(VIEWS, 0);
  private static final TopicPartition LABEL = new TopicPartition(LABELS, 0);
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Instant WALL = Instant.parse("2026-11-30T12:00:00Z");

  private final AtomicLong nanos = new AtomicLong();
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final MergedConsumer merged =
      new MergedConsumer(
          consumer,
          new GroupOffsets(consumer, "g", "student"),
          new PartitionMerger(WAIT, VIEWS),
          1 << 20,
          InstantSource.fixed(WALL),
          nanos::get);
  private final LabelPartitions labels = new LabelPartitions(merged, LABELS);
  private final LabeledViewConsumer stream =
      new LabeledViewConsumer(
          merged,
          VIEWS,
          OnOffsetGap.STOP,
          new TopicIdentityVerifier(
              VIEWS, OnTopicChange.STOP, patience -> TopicIdentity.UNKNOWN, TopicIdentity.UNKNOWN),
          Optional.of(labels));

  @Test
  void shouldGiveViewsBeforeLabelsOfTheSameTime() {
    // given
    range(LABEL, 0, 0);
    begin(Map.of());

    // when
    arrive(LABEL, 0, -9000);
    arrive(LABEL, 1, -8000);
    arrive(LABEL, 2, -7000);
    arrive(VIEW, 0, -9000);
    arrive(VIEW, 1, -8000);
    arrive(VIEW, 2, -8000);
    arrive(VIEW, 3, -7000);

    // then: the last one might be followed by a view of its time
    assertThat(poll()).containsExactly("v0", "l0", "v1", "v2", "l1", "v3", "l2");
    assertThat(stream.positions()).isEqualTo(Map.of(VIEW, 4L, LABEL, 3L));
  }

  @Test
  void shouldGoOnWithoutATopicAndFindItLater() {
    // given
    topic(VIEWS, 0);
    stream.assignPartitions(Map.of());
    assertThat(stream.assignLabels(Map.of(0, 7L))).isEmpty();
    arrive(VIEW, 0, 0);
    assertThat(poll()).containsExactly("v0");

    // when
    topic(LABELS, 10);

    // then
    assertThat(stream.assignLabels(Map.of())).isEqualTo(Map.of(LABEL, 7L));
    assertThat(labels.deleted()).isZero();
  }

  @Test
  void shouldGoOnWithTheFirstLabelThereIsAfterAGap() {
    // given
    range(LABEL, 30, 50);

    // when
    begin(Map.of(0, 10L));

    // then
    assertThat(consumer.position(LABEL)).isEqualTo(30);
    assertThat(labels.deleted()).isEqualTo(20);
    assertThat(labels.beyondEnd()).isZero();
  }

  @Test
  void shouldBeginATopicAnewThatEndsBeforeTheOffset() {
    // given
    range(LABEL, 0, 5);

    // when
    begin(Map.of(0, 10L));

    // then
    assertThat(consumer.position(LABEL)).isZero();
    assertThat(labels.beyondEnd()).isEqualTo(1);
  }

  @Test
  void shouldDoTheSameWhileItReads() {
    // given
    range(LABEL, 0, 0);
    begin(Map.of());
    range(LABEL, 40, 50);

    // when
    consumer.setPollException(new OffsetOutOfRangeException(Map.of(LABEL, 0L)));

    // then
    assertThat(poll()).isEmpty();
    assertThat(consumer.position(LABEL)).isEqualTo(40);
    assertThat(labels.deleted()).isEqualTo(40);

    // when
    range(LABEL, 0, 3);
    consumer.setPollException(new OffsetOutOfRangeException(Map.of(LABEL, 40L)));

    // then
    assertThat(poll()).isEmpty();
    assertThat(consumer.position(LABEL)).isZero();
    assertThat(labels.beyondEnd()).isEqualTo(1);
    assertThat(stream.missed()).isZero();
  }

  @Test
  void shouldNotWaitForLabelsOfATopicThatWasDeleted() {
    // given: a view that waits for labels
    range(LABEL, 0, 0);
    begin(Map.of());
    arrive(LABEL, 0, -9000);
    arrive(VIEW, 0, 0);
    assertThat(poll()).containsExactly("l0");

    // when
    consumer.updatePartitions(LABELS, List.of());
    assertThat(stream.assignLabels(Map.of())).isEmpty();

    // then
    assertThat(poll()).containsExactly("v0");
    assertThat(consumer.assignment()).containsExactly(VIEW);

    // when: it was only away, and has another partition now
    consumer.updatePartitions(
        LABELS,
        List.of(
            new PartitionInfo(LABELS, 0, null, null, null),
            new PartitionInfo(LABELS, 1, null, null, null)));
    range(LABEL, 0, 1);
    TopicPartition other = new TopicPartition(LABELS, 1);
    range(other, 0, 0);

    // then
    assertThat(stream.assignLabels(Map.of())).isEqualTo(Map.of(other, 0L));
    assertThat(consumer.position(LABEL)).isEqualTo(1);
  }

  @Test
  void shouldNotTakeViewsThatAreHeldBackForABacklog() {
    // given
    range(LABEL, 0, 0);
    begin(Map.of());

    // when: views that labels might come before
    arrive(VIEW, 0, 0);
    arrive(VIEW, 1, 0);

    // then
    assertThat(poll()).isEmpty();
    assertThat(stream.lag()).isEqualTo(2);
    assertThat(stream.backlog()).isZero();

    // when: their time is over, and the labels are not known to be at their end
    range(LABEL, 0, 1);
    nanos.addAndGet(WAIT.toNanos());

    // then
    assertThat(poll()).isEmpty();
    assertThat(stream.backlog()).isEqualTo(2);

    // when: a label says that none comes before
    arrive(LABEL, 0, 10);
    stream.poll(Duration.ZERO, 1);

    // then: one was taken
    assertThat(stream.lag()).isEqualTo(stream.backlog()).isEqualTo(1);
    assertThat(stream.labelLag()).isEqualTo(1);
  }

  private void begin(Map<Integer, Long> saved) {
    topic(VIEWS, 0);
    consumer.updatePartitions(LABELS, List.of(new PartitionInfo(LABELS, 0, null, null, null)));
    stream.assignPartitions(Map.of());
    stream.assignLabels(saved);
  }

  private void topic(String name, long end) {
    consumer.updatePartitions(name, List.of(new PartitionInfo(name, 0, null, null, null)));
    range(new TopicPartition(name, 0), 0, end);
  }

  private void range(TopicPartition partition, long first, long end) {
    consumer.updateBeginningOffsets(Map.of(partition, first));
    consumer.updateEndOffsets(Map.of(partition, end));
  }

  private void arrive(TopicPartition partition, long offset, long millis) {
    consumer.addRecord(
        new ConsumerRecord<>(
            partition.topic(),
            partition.partition(),
            offset,
            WALL.toEpochMilli() + millis,
            TimestampType.CREATE_TIME,
            0,
            0,
            new byte[0],
            new byte[0],
            new RecordHeaders(),
            Optional.empty()));
    consumer.updateEndOffsets(Map.of(partition, offset + 1));
  }

  private List<String> poll() {
    return stream.poll(Duration.ZERO, 100).stream()
        .map(record -> (stream.isLabel(record) ? "l" : "v") + record.offset())
        .toList();
  }
}
