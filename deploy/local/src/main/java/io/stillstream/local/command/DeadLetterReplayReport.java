package io.stillstream.local.command;

import io.stillstream.local.deadletter.DeadLetterJson;
import io.stillstream.local.deadletter.DeadLetterReplayOutcome;
import io.stillstream.local.deadletter.DeadLetterReplayOutcome.Status;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TerminalWriter;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What a replay of dead letters says: of each what became of it, and how many there were. */
final class DeadLetterReplayReport {
  private final Map<Status, Long> counts = new EnumMap<>(Status.class);
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  /**
   * @param json whether stdout gets JSON, and nothing else
   */
  DeadLetterReplayReport(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  void add(DeadLetterReplayOutcome outcome) {
    counts.merge(outcome.status(), 1L, Long::sum);
    String status = outcome.status().name().toLowerCase(Locale.ROOT);
    if (json) {
      boolean wasReplayed = outcome.status() == Status.ALREADY;
      Map<String, Object> fields = DeadLetterJson.of(outcome.letter(), wasReplayed);
      fields.put("status", status);
      fields.put("why", outcome.why());
      JsonOption.print(out, fields);
      return;
    }
    TerminalWriter.of(out)
        .println(
            outcome.status() == Status.REPLAYED ? MessageStyle.OK : MessageStyle.WARNING,
            status,
            "%s %s  %s  %s %s"
                .formatted(
                    " ".repeat(Math.max(0, 9 - status.length())),
                    outcome.letter().coordinates(),
                    outcome.letter().source().map(Object::toString).orElse("?"),
                    outcome.letter().reason(),
                    outcome.why())
                .stripTrailing());
  }

  /**
   * Prints the sums.
   *
   * @param dry whether nothing was sent
   */
  void sum(boolean dry) {
    (json ? err : out)
        .printf(
            "%d %s, %d replayed before, %d tried too often, %d lost, %d refused%n",
            count(Status.REPLAYED),
            dry ? "would be replayed" : "replayed",
            count(Status.ALREADY),
            count(Status.LIMIT),
            count(Status.LOST),
            count(Status.REFUSED));
  }

  /** Whether all were sent back, now or before. */
  boolean isWhole() {
    return count(Status.LIMIT) + count(Status.LOST) + count(Status.REFUSED) == 0;
  }

  private long count(Status status) {
    return counts.getOrDefault(status, 0L);
  }
}
