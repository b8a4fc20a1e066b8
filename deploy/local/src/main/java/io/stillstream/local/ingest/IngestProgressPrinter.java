package io.stillstream.local.ingest;

import io.stillstream.local.terminal.TerminalWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Shows an ingest: a bar rewritten in place on a terminal, else a line now and then. */
public final class IngestProgressPrinter {
  private static final int WIDTH = 40;

  private final TerminalWriter out;
  private final TerminalWriter err;
  private final boolean terminal;
  private final long startedAt = System.nanoTime();
  private final long every;
  private long shownAt = startedAt;

  public IngestProgressPrinter(TerminalWriter out, TerminalWriter err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.every = TimeUnit.MILLISECONDS.toNanos(terminal ? 200 : 5_000);
  }

  /** The class of each index, where the source names classes. */
  void classes(List<String> classes) {
    for (int i = 0; i < classes.size(); i++) {
      out.println("class %d: %s".formatted(i, classes.get(i)));
    }
    out.flush();
  }

  /** After every image; {@code done} counts those sent, those skipped, those sent earlier. */
  void progress(long done, long total) {
    long now = System.nanoTime();
    if (now - shownAt < every && done < total) {
      return;
    }
    shownAt = now;
    double seconds = (now - startedAt) / 1e9;
    int filled = (int) (WIDTH * done / total);
    String line =
        String.format(
            "[%s%s] %d/%d  %.0f images/s",
            "#".repeat(filled), ".".repeat(WIDTH - filled), done, total, done / seconds);
    if (terminal) {
      out.clearLine();
      out.print(line);
      out.flush();
    } else {
      out.println(line);
    }
  }

  void skipped(String name, String reason) {
    if (terminal) {
      err.clearLine();
    }
    err.println("skipped " + name + ": " + reason);
    err.flush();
  }

  public void end() {
    if (terminal) {
      out.println();
    }
    out.flush();
  }
}
