package io.stillstream.augmenter.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ShutdownStateTest {
  private final ShutdownState shutdown = new ShutdownState();

  @Test
  void shouldStopWithTheFirstFatalError() {
    // given
    Throwable cause = new IllegalStateException("outer", new UnsatisfiedLinkError("no OpenCV"));

    // when
    shutdown.fail(cause);
    shutdown.fail(new IllegalStateException("second"));

    // then
    assertThat(shutdown.fatalError()).hasValue(cause);
    assertThat(shutdown.closing().getCount()).isEqualTo(1);
    assertThatThrownBy(shutdown::awaitStop)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stream processing failed: java.lang.UnsatisfiedLinkError: no OpenCV")
        .hasCause(cause);
  }

  @Test
  void shouldIgnoreErrorsWhileClosing() throws Exception {
    // when
    shutdown.beginClose();
    shutdown.fail(new IllegalStateException("interrupted"));
    shutdown.endClose();

    // then
    shutdown.awaitStop();
    assertThat(shutdown.closing().getCount()).isZero();
    assertThat(shutdown.fatalError()).isEmpty();
  }

  @Test
  void shouldKeepAFatalErrorThroughClosing() {
    // given
    Throwable cause = new IllegalStateException("broken");
    shutdown.fail(cause);

    // when
    shutdown.beginClose();
    shutdown.endClose();

    // then
    assertThatThrownBy(shutdown::awaitStop).hasCause(cause);
  }
}
