package io.stillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  private final StringWriter text = new StringWriter();
  private final AtomicLong now = new AtomicLong();

  @Test
  void shouldRewriteOneLineOnATerminal() {
    // given
    TerminalProgress screen = new TerminalProgress(new TerminalWriter(text), true, now::get);
    // when
    screen.progress(() -> "one");
    screen.progress(() -> "too soon");
    now.addAndGet(Duration.ofMillis(500).toNanos());
    screen.progress(() -> "two");
    screen.printLine("done");
    // then
    assertThat(text.toString())
        .isEqualTo("\r\u001b[Kone\r\u001b[Ktwo\r\u001b[Kdone" + System.lineSeparator());
  }

  @Test
  void shouldPrintALineNowAndThenElsewhere() {
    // given
    TerminalProgress screen = new TerminalProgress(new TerminalWriter(text), false, now::get);
    // when
    screen.progress(() -> "one");
    now.addAndGet(Duration.ofMillis(9_999).toNanos());
    screen.progress(() -> "too soon");
    now.addAndGet(Duration.ofMillis(1).toNanos());
    screen.progress(() -> "two");
    // then
    assertThat(text.toString().lines()).containsExactly("one", "two");
  }
}
