package io.stillstream.faults.process;

import io.stillstream.embedded.process.JavaProcess;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The end of a process that no fault has ended.
 *
 * @param last line that it printed
 */
public record UnexpectedExit(String name, int exitCode, String last) {
  public static UnexpectedExit of(JavaProcess part) {
    String printed = part.output().strip();
    return new UnexpectedExit(
        part.name(), part.exitCode(), printed.substring(printed.lastIndexOf('\n') + 1));
  }

  /** For the table: how often each process ended with which exit code; empty for none. */
  public static String summary(Collection<UnexpectedExit> unexpectedExits) {
    Map<String, Long> counts =
        unexpectedExits.stream()
            .collect(
                Collectors.groupingBy(
                    unexpectedExit ->
                        unexpectedExit.name() + " ended with " + unexpectedExit.exitCode(),
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
