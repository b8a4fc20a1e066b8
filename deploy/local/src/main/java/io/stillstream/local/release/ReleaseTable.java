package io.stillstream.local.release;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Releases as a table for people. */
final class ReleaseTable {
  private static final int SHORT = 12;

  private ReleaseTable() {}

  /** The lines, the header first, without trailing blanks. */
  static List<String> lines(List<ListedRelease> releases) {
    List<String> lines = new ArrayList<>();
    lines.add(
        row("", "student", "version", "made as", "step", "task", "score", "created", "sha256", ""));
    releases.forEach(release -> lines.add(line(release)));
    return List.copyOf(lines);
  }

  private static String line(ListedRelease release) {
    String mark = release.current() ? "*" : "";
    String version = Long.toString(release.version());
    return release.error() != null
        ? row(mark, "?", version, "", "", "", "", "", "", release.error())
        : row(
            mark,
            release.student(),
            version,
            release.alias(),
            Long.toString(release.step()),
            release.task(),
            release.score() == null ? "-" : percent(release.score()),
            release.created(),
            release.sha256().substring(0, Math.min(SHORT, release.sha256().length())),
            notes(release));
  }

  private static String notes(ListedRelease release) {
    List<String> notes = new ArrayList<>();
    if ("failed".equals(release.gate())) {
      notes.add("did not pass the gate");
    }
    if (Boolean.TRUE.equals(release.announced())) {
      notes.add("announced");
    }
    if (release.uri() != null) {
      notes.add(release.uri());
    }
    return String.join(", ", notes);
  }

  private static String row(String... cells) {
    return String.format(
            Locale.ROOT, "%-2s%-14s %7s  %-10s %9s  %-14s  %8s  %-20s  %-12s  %s", (Object[]) cells)
        .stripTrailing();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
