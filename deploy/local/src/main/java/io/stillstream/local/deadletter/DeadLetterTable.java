package io.stillstream.local.deadletter;

import io.stillstream.local.terminal.TerminalWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Dead letters as lines of text, and their number by reason. */
public final class DeadLetterTable {
  private static final int MOST_OF_A_MESSAGE = 60;

  /** A cell that is longer moves the rest of its own line only. */
  private static final int WIDEST = 60;

  private static final List<String> HEADER =
      List.of(
          "letter",
          "time",
          "service",
          "reason",
          "attempt",
          "record",
          "image",
          "bytes",
          "replayed",
          "message");

  private final List<List<String>> rows = new ArrayList<>(List.of(HEADER));
  private final Map<String, Long> counts = new TreeMap<>();

  public void add(DeadLetterRecord letter, boolean replayed) {
    rows.add(
        List.of(
            letter.coordinates().toString(),
            letter.time().truncatedTo(ChronoUnit.SECONDS).toString(),
            TerminalWriter.line(letter.service()),
            TerminalWriter.line(letter.reason()),
            Integer.toString(letter.attempts()),
            TerminalWriter.line(letter.source().map(Object::toString).orElse("?")),
            TerminalWriter.line(letter.imageId().orElse("?")),
            letter.isByReference() ? "elsewhere" : Integer.toString(letter.bytes()),
            replayed ? "yes" : "no",
            shortened(letter.message(), MOST_OF_A_MESSAGE)));
    counts.merge(letter.service() + "  " + letter.reason(), 1L, Long::sum);
  }

  /** The table, an empty line, and the counts. */
  public List<String> lines() {
    int[] widths = new int[HEADER.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Math.min(WIDEST, row.get(i).length()));
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        line.append(cell).append(" ".repeat(Math.max(0, widths[i] - cell.length()) + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add("");
    counts.forEach((reason, count) -> lines.add("%,8d  %s".formatted(count, reason)));
    lines.add("%,8d  letters".formatted(rows.size() - 1));
    return lines;
  }

  /** The beginning of a text, as it is printed: keys and messages are whatever came. */
  static String shortened(String text, int most) {
    String plain = TerminalWriter.line(text);
    return plain.length() <= most ? plain : plain.substring(0, most - 1) + "…";
  }
}
