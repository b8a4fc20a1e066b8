package io.stillstream.local.terminal;

import java.io.Writer;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Progress of a task that takes long, on stderr: how much is done, of how much, how fast, and how
 * long the rest takes. On a terminal one line is rewritten in place and removed at the end;
 * elsewhere a line comes every ten seconds. A task that is shorter shows nothing. For one thread.
 */
public final class TaskProgress implements AutoCloseable {
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final TerminalProgress line;
  private final String unit;
  private final LongSupplier nanoTime;
  private final ProgressRate rate;

  /**
   * @param err where it is shown
   * @param unit what is counted, in the plural
   * @param nanoTime nanoseconds on a clock that never goes back
   */
  public TaskProgress(TerminalWriter err, String unit, LongSupplier nanoTime) {
    this.line = TerminalProgress.afterOnePeriod(err, err.isTerminal(), nanoTime);
    this.unit = unit;
    this.nanoTime = nanoTime;
    this.rate = new ProgressRate(WINDOW, nanoTime.getAsLong());
  }

  /** One that shows nothing. */
  public static TaskProgress silent() {
    return new TaskProgress(new TerminalWriter(Writer.nullWriter()), "", System::nanoTime);
  }

  /** After each piece, if it is not known how many there are. */
  public void update(long done) {
    update(done, OptionalLong.empty());
  }

  /** After each piece. */
  public void update(long done, long total) {
    update(done, OptionalLong.of(total));
  }

  private void update(long done, OptionalLong total) {
    long now = nanoTime.getAsLong();
    rate.add(now, done);
    line.progress(() -> text(unit, done, total, rate.perSecond(now, done)));
  }

  /** A line that stays, such as one about a file that is skipped. */
  public void warn(String begin, String rest) {
    line.printLine(MessageStyle.WARNING, begin, rest);
  }

  /** Removes the line, so that a line can be printed elsewhere on the same terminal. */
  public void clear() {
    line.clear();
  }

  @Override
  public void close() {
    clear();
  }

  /**
   * The line.
   *
   * @param perSecond now; empty if it is not known yet
   */
  static String text(String unit, long done, OptionalLong total, OptionalDouble perSecond) {
    StringBuilder text = new StringBuilder(count(done));
    total.ifPresent(all -> text.append(" of ").append(count(all)));
    text.append(' ').append(unit);
    if (total.isPresent() && total.getAsLong() > 0) {
      text.append(", ")
          .append((long) (100.0 * Math.min(done, total.getAsLong()) / total.getAsLong()))
          .append(" %");
    }
    if (perSecond.isPresent()) {
      double speed = Math.max(0, perSecond.getAsDouble());
      text.append(String.format(Locale.ROOT, speed < 9.95 ? ", %,.1f/s" : ", %,.0f/s", speed));
      if (total.isPresent() && speed > 0) {
        double left = Math.max(0, total.getAsLong() - done) / speed;
        text.append(", ").append(duration((long) Math.ceil(left))).append(" left");
      }
    }
    return text.toString();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return "%d min %02d s".formatted(seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return "%d h %02d min".formatted(seconds / 3_600, seconds % 3_600 / 60);
    }
    return "%d d %02d h".formatted(seconds / 86_400, seconds % 86_400 / 3_600);
  }
}
