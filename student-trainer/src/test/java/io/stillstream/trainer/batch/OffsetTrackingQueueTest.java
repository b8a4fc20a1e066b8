package io.stillstream.trainer.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetTrackingQueueTest {
  private final OffsetTrackingQueue pending = new OffsetTrackingQueue();

  @BeforeEach
  void begin() {
    pending.startPartition(0, 10);
    pending.startPartition(1, 0);
  }

  @Test
  void shouldNotMoveBeforeViewsAreTrained() {
    // when
    pending.add(view(0, 10), 5);
    pending.add(view(1, 0), 6);
    pending.add(ConsumedView.nothing(0, 11), 7);

    // then
    assertThat(pending.positions()).containsEntry(0, 10L).containsEntry(1, 0L);
    assertThat(pending.views()).isEqualTo(2);
    assertThat(pending.oldestNanos()).isEqualTo(5);
  }

  @Test
  void shouldMovePastWhatNeedsNoTraining() {
    // given
    pending.add(view(0, 10), 5);
    pending.add(ConsumedView.nothing(0, 11), 5);
    pending.add(view(0, 15), 5);

    // when
    assertThat(pending.next(1)).hasSize(1);
    pending.done(1, 9);

    // then
    assertThat(pending.positions()).containsEntry(0, 12L);
    assertThat(pending.views()).isEqualTo(1);
    assertThat(pending.isEmpty()).isFalse();

    // when
    pending.done(1, 9);

    // then
    assertThat(pending.positions()).containsEntry(0, 16L);
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void shouldMoveAtOncePastABadRecordWithNothingBeforeIt() {
    // when
    pending.add(ConsumedView.nothing(1, 0), 5);

    // then
    assertThat(pending.positions()).containsEntry(1, 1L);
    assertThat(pending.isEmpty()).isTrue();
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
    assertThat(pending.positions()).containsEntry(0, 10L).containsEntry(1, 0L);
    assertThat(pending.next(5)).hasSize(1);
    pending.done(1, 9);
    assertThat(pending.isEmpty()).isTrue();
    assertThat(pending.positions()).containsEntry(0, 12L).containsEntry(1, 1L);
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
        partition,
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
