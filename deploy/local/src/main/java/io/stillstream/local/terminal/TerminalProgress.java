package io.stillstream.local.terminal;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lines to stay, and one line that is rewritten in place on a terminal; elsewhere it comes now and
 * then.
 */
public final class TerminalProgress {
  private static final Duration ON_TERMINAL = Duration.ofMillis(500);
  private static final Duration ELSEWHERE = Duration.ofSeconds(10);
  private final TerminalWriter out;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private final long every;
  private long shownAt;
  private boolean open;

  /** The first line that changes comes at once. */
  public TerminalProgress(TerminalWriter out, boolean terminal, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.every = (terminal ? ON_TERMINAL : ELSEWHERE).toNanos();
    this.shownAt = nanoTime.getAsLong() - every;
  }

  /** The first line that changes comes after the time that is between two of them. */
  static TerminalProgress afterOnePeriod(
      TerminalWriter out, boolean terminal, LongSupplier nanoTime) {
    TerminalProgress progress = new TerminalProgress(out, terminal, nanoTime);
    progress.shownAt += progress.every;
    return progress;
  }

  /** A line that stays. */
  public void printLine(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** A line that stays and begins in the colour of the style. */
  void printLine(MessageStyle style, String begin, String rest) {
    clear();
    out.println(style, begin, rest);
    out.flush();
  }

  /** The line that changes; asked for only when its time has come. */
  public void progress(Supplier<String> line) {
    long now = nanoTime.getAsLong();
    if (now - shownAt < every) {
      return;
    }
    shownAt = now;
    if (terminal) {
      out.clearLine();
      out.print(TerminalWriter.line(line.get()));
      open = true;
    } else {
      out.println(line.get());
    }
    out.flush();
  }

  /** Removes the changing line. */
  void clear() {
    if (open) {
      out.clearLine();
      out.flush();
      open = false;
    }
  }

  /** Leaves the changing line as it stands. */
  public void endProgress() {
    if (open) {
      out.println();
      open = false;
    }
  }
}
