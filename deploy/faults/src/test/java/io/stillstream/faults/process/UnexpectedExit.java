package io.stillstream.faults.process;

import io.stillstream.embedded.process.JavaProcess;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The end of a process that nobody had ended.
 *
 * @param last line that it printed
 */
public record UnexpectedExit(String name, int exitCode, String last) {
  public static UnexpectedExit of(JavaProcess part) {
    String printed = part.output().strip();
    return new UnexpectedExit(
        part.name(), part.exitCode(), printed.substring(printed.lastIndexOf('\n') + 1));
  }

  /** For the table: who ended how often with which exit code; empty if nobody did. */
  public static String summary(Collection<UnexpectedExit> deaths) {
    Map<String, Long> counts =
        deaths.stream()
            .collect(
                Collectors.groupingBy(
                    death -> death.name() + " ended with " + death.exitCode(),
                    TreeMap::new,
                    Collectors.counting()));
    return counts.entrySet().stream()
        .map(e -> "; " + e.getKey() + (e.getValue() == 1 ? "" : ", " + e.getValue() + " times"))
        .collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return "%s ended with %d: %s".formatted(name, exitCode, last);
  }
}
