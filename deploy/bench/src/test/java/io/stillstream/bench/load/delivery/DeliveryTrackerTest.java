package io.stillstream.bench.load.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.bench.load.image.InvalidImageKind;
import io.stillstream.bench.load.measurement.AgePercentiles;
import org.junit.jupiter.api.Test;

final class DeliveryTrackerTest {
  private final DeliveryTracker tracker = new DeliveryTracker(2);

  @Test
  void shouldFindThatEverythingIsThereOnce() {
    // given
    send(null, InvalidImageKind.EMPTY, null);

    // when
    for (DeliveryStage stage : new DeliveryStage[] {DeliveryStage.VIEWED, DeliveryStage.LABELED}) {
      for (long number : new long[] {0, 2, 2, 0}) {
        tracker.arrived(stage, number, 0);
      }
    }
    tracker.rejected(1, "empty");

    // then
    assertThat(tracker.balance().problems()).isEmpty();
    assertThat(tracker.complete(DeliveryStage.LABELED)).isEqualTo(2);
    assertThat(tracker.rejected()).isEqualTo(1);
  }

  @Test
  void shouldNameWhatIsMissingDoubledOrMisjudged() {
    // given
    send(null, InvalidImageKind.EMPTY, null);

    // when
    tracker.arrived(DeliveryStage.VIEWED, 0, 0);
    tracker.arrived(DeliveryStage.VIEWED, 1, 0);
    for (int i = 0; i < 3; i++) {
      tracker.arrived(DeliveryStage.LABELED, 0, 0);
    }
    tracker.rejected(2, "failed");
    tracker.arrived(DeliveryStage.VIEWED, 17, 0);

    // then: of views one of image 0 and both of 2, of labels both of 2
    assertThat(tracker.balance().problems())
        .containsExactly(
            "5 views or labels are missing",
            "2 views or labels are there too often",
            "2 images are in dead letters though good, or not once though bad",
            "1 records are of images that were never sent",
            "dead letters should be {empty=1}, are {failed=1}");
  }

  @Test
  void shouldCountAnImageAsOldAsItsLastView() {
    // given
    tracker.sent(1_000, null);

    // when
    tracker.arrived(DeliveryStage.VIEWED, 0, 1_010);
    tracker.arrived(DeliveryStage.VIEWED, 0, 1_250);
    AgePercentiles ages = AgePercentiles.of(tracker.takeAges().get(DeliveryStage.VIEWED));

    // then
    assertThat(ages).isEqualTo(new AgePercentiles(1, 250, 250, 250));
    assertThat(AgePercentiles.of(tracker.takeAges().get(DeliveryStage.VIEWED)))
        .isEqualTo(AgePercentiles.NONE);
  }

  @Test
  void shouldRememberMoreThanItBeganWith() {
    // given
    for (int i = 0; i < 10_000; i++) {
      tracker.sent(i, null);
    }

    // when
    tracker.arrived(DeliveryStage.LABELED, 9_999, 10_100);
    tracker.arrived(DeliveryStage.LABELED, 9_999, 10_100);

    // then
    assertThat(AgePercentiles.of(tracker.takeAges().get(DeliveryStage.LABELED)).max())
        .isEqualTo(101);
  }

  private void send(InvalidImageKind... kinds) {
    for (InvalidImageKind kind : kinds) {
      tracker.sent(0, kind);
    }
  }
}
