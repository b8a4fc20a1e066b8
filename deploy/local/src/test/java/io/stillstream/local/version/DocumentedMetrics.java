package io.stillstream.local.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The metrics in the tables of the texts, by Micrometer's names. */
public final class DocumentedMetrics {
  private static final List<String> FILES =
      List.of(
          "augmenter-service/docs/metrics.md",
          "teacher-labeler/docs/metrics.md",
          "student-trainer/docs/metrics.md",
          "deploy/runtime/README.md",
          "deploy/docs/openlineage.md");

  private static final Pattern NAME =
      Pattern.compile(
          "`((?:augmenter|teacher|student|stillstream)(?:[._][a-z]+)+)(?:\\{([a-z,]+)[^}]*})?`");
  private static final Pattern TAG = Pattern.compile("`([a-z0-9]+)(?:=\"[a-z]+\")?`");

  /** What Prometheus appends. */
  private static final Pattern SUFFIX =
      Pattern.compile("(_(total|seconds|bytes))?(_(count|sum|max|bucket|total))?");

  private DocumentedMetrics() {}

  /** The names of the tags, by metric. */
  static Map<String, Set<String>> tags() {
    Map<String, Set<String>> metrics = new TreeMap<>();
    for (String file : FILES) {
      boolean table = false;
      boolean columns = false;
      for (String line : ProjectFiles.read(file).lines().toList()) {
        if (!line.startsWith("| ")) {
          table = table && line.startsWith("|");
        } else if (line.startsWith("| name | type |") || line.startsWith("| meter |")) {
          table = true;
          columns = line.startsWith("| name |");
        } else if (table) {
          addRow(line.split("(?<!\\\\)\\|", -1), columns, metrics);
        }
      }
    }
    return metrics;
  }

  /** Those of the names that Prometheus gives to no metric of the tables. */
  public static List<String> undocumented(Stream<String> prometheusNames) {
    List<String> bases = tags().keySet().stream().map(name -> name.replace('.', '_')).toList();
    List<String> unknown = new ArrayList<>();
    prometheusNames
        .filter(
            name ->
                bases.stream()
                    .noneMatch(
                        base ->
                            name.startsWith(base)
                                && SUFFIX.matcher(name.substring(base.length())).matches()))
        .forEach(unknown::add);
    return unknown;
  }

  private static void addRow(String[] cells, boolean columns, Map<String, Set<String>> metrics) {
    NAME.matcher(cells[1])
        .results()
        .forEach(
            found -> {
              Set<String> tags = metrics.computeIfAbsent(found.group(1), n -> new TreeSet<>());
              if (found.group(2) != null) {
                tags.addAll(List.of(found.group(2).split(",")));
              }
              if (columns) {
                // What stands behind a colon are values.
                TAG.matcher(cells[3].replaceAll(":.*", ""))
                    .results()
                    .forEach(tag -> tags.add(tag.group(1)));
              }
            });
  }
}
