package io.stillstream.trainer.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetTrackingQueueTest {
  private final OffsetTrackingQueue pending = new OffsetTrackingQueue();

  @BeforeEach
  void begin() {
    pending.startPartition(in(0), 10);
    pending.startPartition(in(1), 0);
  }

  @Test
  void shouldNotMoveBeforeViewsAreTrained() {
    // when
    pending.add(view(0, 10), 5);
    pending.add(view(1, 0), 6);
    pending.add(ConsumedView.nothing(in(0), 11), 7);

    // then
    assertThat(pending.positions()).containsEntry(in(0), 10L).containsEntry(in(1), 0L);
    assertThat(pending.views()).isEqualTo(2);
    assertThat(pending.oldestNanos()).isEqualTo(5);
  }

  @Test
  void shouldReplaceViewsOfAnImageWhereTheyAre() {
    // given
    pending.add(ofImages(0, 10, 5, 0), 3);
    pending.add(ConsumedView.nothing(in(0), 11), 4);
    pending.add(ofImages(1, 0, 6, 5), 5);
    pending.add(ofImages(1, 1, 6, 7), 6);
    List<ConsumedView> before = pending.next(9);

    // when: one is left as it is
    int changed =
        pending.update(5, view -> view.partner() == 5 ? view : view.withTarget(LabelTarget.of(3)));

    // then
    List<ConsumedView> after = pending.next(9);
    assertThat(changed).isEqualTo(1);
    assertThat(after).hasSize(3);
    assertThat(after.get(0).view().target()).hasValue(LabelTarget.of(3));
    assertThat(after.get(0).view().pixels()).isSameAs(before.get(0).view().pixels());
    assertThat(after.get(0).offset()).isEqualTo(10);
    assertThat(after.subList(1, 3)).isEqualTo(before.subList(1, 3));
    assertThat(pending.update(5, view -> view.withTarget(LabelTarget.of(4)))).isEqualTo(2);
    assertThat(pending.update(8, view -> view.withTarget(LabelTarget.of(4)))).isZero();
    assertThat(pending.views()).isEqualTo(3);
    assertThat(pending.oldestNanos()).isEqualTo(3);
    assertThat(pending.positions()).containsEntry(in(0), 10L).containsEntry(in(1), 0L);
    pending.done(3, 9);
    assertThat(pending.positions()).containsEntry(in(0), 12L).containsEntry(in(1), 2L);
  }

  private static ConsumedView ofImages(int partition, long offset, long image, long partner) {
    ConsumedView any = view(partition, offset);
    return any.with(
        new TrainingExample(
            PixelEncoding.RAW,
            new byte[1],
            new float[1],
            null,
            false,
            0,
            ViewIdentity.of(image, partner)));
  }

  @Test
  void shouldMovePastWhatNeedsNoTraining() {
    // given
    pending.add(view(0, 10), 5);
    pending.add(ConsumedView.nothing(in(0), 11), 5);
    pending.add(view(0, 15), 5);

    // when
    assertThat(pending.next(1)).hasSize(1);
    pending.done(1, 9);

    // then
    assertThat(pending.positions()).containsEntry(in(0), 12L);
    assertThat(pending.views()).isEqualTo(1);
    assertThat(pending.isEmpty()).isFalse();

    // when
    pending.done(1, 9);

    // then
    assertThat(pending.positions()).containsEntry(in(0), 16L);
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void shouldMoveAtOncePastABadRecordWithNothingBeforeIt() {
    // when
    pending.add(ConsumedView.nothing(in(1), 0), 5);

    // then
    assertThat(pending.positions()).containsEntry(in(1), 1L);
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void shouldLetAnyNumberOfLabelsWaitForAView() {
    // given
    TopicPartition labels = new TopicPartition("labels", 0);
    TopicPartition others = new TopicPartition("labels", 1);
    pending.startPartition(labels, 0);
    pending.startPartition(others, 0);
    pending.add(view(0, 10), 5);

    // when
    for (int offset = 0; offset < 1000; offset++) {
      pending.add(ConsumedView.nothing(labels, offset), 5);
      pending.add(ConsumedView.nothing(others, offset), 5);
    }
    pending.add(view(0, 11), 5);
    pending.add(ConsumedView.nothing(labels, 1000), 5);

    // then
    assertThat(pending.records()).isEqualTo(5);
    assertThat(pending.positions()).containsEntry(labels, 0L).containsEntry(others, 0L);
    pending.done(1, 9);
    assertThat(pending.positions()).containsEntry(labels, 1000L).containsEntry(others, 1000L);
    pending.done(1, 9);
    assertThat(pending.positions()).containsEntry(labels, 1001L).containsEntry(in(0), 12L);
  }

  @Test
  void shouldLeaveViewsUntrainedThatAreToBeForgotten() {
    // given
    pending.add(view(0, 10), 5);
    pending.add(view(0, 11, 7), 5);
    pending.add(view(1, 0, 7), 5);

    // when
    assertThat(pending.removeIf(view -> view.image() == 7, 9)).isEqualTo(2);

    // then: they wait for what came before them, and then are dealt with
    assertThat(pending.views()).isEqualTo(1);
    assertThat(pending.positions()).containsEntry(in(0), 10L).containsEntry(in(1), 0L);
    assertThat(pending.next(5)).hasSize(1);
    pending.done(1, 9);
    assertThat(pending.isEmpty()).isTrue();
    assertThat(pending.positions()).containsEntry(in(0), 12L).containsEntry(in(1), 1L);
  }

  private static TopicPartition in(int partition) {
    return new TopicPartition("labeled-views", partition);
  }

  private static ConsumedView view(int partition, long offset, long image) {
    TrainingExample view =
        new TrainingExample(
            PixelEncoding.RAW,
            new byte[0],
            null,
            LabelTarget.of(0),
            true,
            0,
            ViewIdentity.of(image, 0));
    return new ConsumedView(
        in(partition),
        offset,
        view,
        Instant.EPOCH,
        List.of(),
        "policy",
        ViewAugmentation.UNKNOWN,
        Optional.empty(),
        Optional.empty(),
        null);
  }

  private static ConsumedView view(int partition, long offset) {
    return view(partition, offset, 0);
  }
}
