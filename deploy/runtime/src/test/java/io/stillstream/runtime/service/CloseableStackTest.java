package io.stillstream.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.runtime.config.StartupException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseableStackTest {
  private final List<String> events = new ArrayList<>();
  private final CloseableStack stack = new CloseableStack();

  @Test
  void shouldCloseInReverseOrderAndOnce() {
    // given
    stack.begin();
    stack.push(() -> events.add("first"));
    stack.push(() -> events.add("second"));
    stack.complete(() -> events.add("last"), () -> events.add("action"));

    // then
    assertThat(stack.close()).isTrue();
    assertThat(stack.close()).isFalse();
    assertThat(events).containsExactly("action", "last", "second", "first");
  }

  @Test
  void shouldLeaveClosingToTheStartingThread() {
    // given
    stack.begin();
    stack.push(() -> events.add("first"));

    // when
    assertThat(stack.close()).isFalse();

    // then
    assertThat(events).isEmpty();
    assertStopped(() -> stack.push(() -> events.add("second")));
    assertStopped(() -> stack.complete(() -> events.add("last"), () -> events.add("action")));

    // when
    assertThat(stack.abandon()).isTrue();

    // then
    assertThat(events).containsExactly("second", "first");
    assertThat(stack.close()).isFalse();
    assertStopped(stack::begin);
  }

  @Test
  void shouldDistinguishAFailureFromAStop() {
    // given
    stack.begin();
    stack.push(() -> events.add("first"));

    // then
    assertThat(stack.abandon()).isFalse();
    assertThat(events).containsExactly("first");
  }

  @Test
  void shouldNotBeginWhenClosed() {
    assertThat(stack.close()).isTrue();
    assertStopped(stack::begin);
  }

  @Test
  void shouldCloseTheOthersWhenOneFailsToClose() {
    // given
    stack.begin();
    stack.push(() -> events.add("first"));
    stack.complete(
        () -> {
          throw new IllegalStateException("stuck");
        },
        () -> {});

    // when
    assertThat(stack.close()).isTrue();

    // then
    assertThat(events).containsExactly("first");
  }

  private static void assertStopped(Runnable step) {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(step::run)
        .withMessage("stopped while starting");
  }
}
