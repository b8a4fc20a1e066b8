package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.runtime.config.StartupException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelerResourcesTest {
  private final List<String> events = new ArrayList<>();
  private final LabelerResources parts = new LabelerResources();

  @Test
  void shouldCloseInReverseOrderAndOnce() {
    // given
    parts.startBuilding();
    parts.register(() -> events.add("first"));
    parts.register(() -> events.add("second"));
    parts.complete(() -> events.add("last"), () -> events.add("go"));

    // then
    assertThat(parts.close()).isTrue();
    assertThat(parts.close()).isFalse();
    assertThat(events).containsExactly("go", "last", "second", "first");
  }

  @Test
  void shouldLeaveClosingToTheMakerWhileItIsAtWork() {
    // given
    parts.startBuilding();
    parts.register(() -> events.add("first"));

    // when
    assertThat(parts.close()).isFalse();

    // then
    assertThat(events).isEmpty();
    assertStopped(() -> parts.register(() -> events.add("second")));
    assertStopped(() -> parts.complete(() -> events.add("last"), () -> events.add("go")));

    // when
    assertThat(parts.closeAfterFailure()).isTrue();

    // then
    assertThat(events).containsExactly("second", "first");
    assertThat(parts.close()).isFalse();
    assertStopped(parts::startBuilding);
  }

  @Test
  void shouldTellAFailureFromAStop() {
    // given
    parts.startBuilding();
    parts.register(() -> events.add("first"));

    // then
    assertThat(parts.closeAfterFailure()).isFalse();
    assertThat(events).containsExactly("first");
  }

  @Test
  void shouldNotBeginWhenItIsClosed() {
    assertThat(parts.close()).isTrue();
    assertStopped(parts::startBuilding);
  }

  @Test
  void shouldCloseTheOthersWhenOneDoesNotClose() {
    // given
    parts.startBuilding();
    parts.register(() -> events.add("first"));
    parts.complete(
        () -> {
          throw new IllegalStateException("stuck");
        },
        () -> {});

    // when
    assertThat(parts.close()).isTrue();

    // then
    assertThat(events).containsExactly("first");
  }

  private static void assertStopped(Runnable step) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(step::run)
        .withMessage("stopped while starting");
  }
}
