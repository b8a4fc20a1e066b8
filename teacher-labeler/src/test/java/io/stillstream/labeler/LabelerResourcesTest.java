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
    parts.begin();
    parts.keep(() -> events.add("first"));
    parts.keep(() -> events.add("second"));
    parts.complete(() -> events.add("last"), () -> events.add("go"));

    // then
    assertThat(parts.close()).isTrue();
    assertThat(parts.close()).isFalse();
    assertThat(events).containsExactly("go", "last", "second", "first");
  }

  @Test
  void shouldLeaveClosingToTheMakerWhileItIsAtWork() {
    // given
    parts.begin();
    parts.keep(() -> events.add("first"));

    // when
    assertThat(parts.close()).isFalse();

    // then
    assertThat(events).isEmpty();
    assertStopped(() -> parts.keep(() -> events.add("second")));
    assertStopped(() -> parts.complete(() -> events.add("last"), () -> events.add("go")));

    // when
    assertThat(parts.abandon()).isTrue();

    // then
    assertThat(events).containsExactly("second", "first");
    assertThat(parts.close()).isFalse();
    assertStopped(parts::begin);
  }

  @Test
  void shouldTellAFailureFromAStop() {
    // given
    parts.begin();
    parts.keep(() -> events.add("first"));

    // then
    assertThat(parts.abandon()).isFalse();
    assertThat(events).containsExactly("first");
  }

  @Test
  void shouldNotBeginWhenItIsClosed() {
    assertThat(parts.close()).isTrue();
    assertStopped(parts::begin);
  }

  @Test
  void shouldCloseTheOthersWhenOneDoesNotClose() {
    // given
    parts.begin();
    parts.keep(() -> events.add("first"));
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
