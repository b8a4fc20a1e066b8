package io.stillstream.local.command;

import io.stillstream.local.deadletter.DeadLetterFilter;
import io.stillstream.local.option.TimeOption;
import io.stillstream.runtime.config.StartupException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options that select dead letters. */
final class DeadLetterOptions {
  @Option(
      names = "--reason",
      split = ",",
      paramLabel = "REASON",
      description = "Only with this reason; may be said several times.")
  private List<String> reasons = new ArrayList<>();

  @Option(
      names = "--service",
      split = ",",
      paramLabel = "NAME",
      description = "Only of this service; may be said several times.")
  private List<String> services = new ArrayList<>();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Written then or later: 2026-11-26T07:00:00Z, or an age such as 90m, 2h, 7d.")
  private Optional<String> since = Optional.empty();

  @Option(names = "--until", paramLabel = "TIME", description = "Written before then.")
  private Optional<String> until = Optional.empty();

  @Option(names = "--offset", paramLabel = "O", description = "The dead letter there.")
  private Optional<Long> offset = Optional.empty();

  @Option(names = "--partition", paramLabel = "P", description = "Of the letters.")
  private Optional<Integer> partition = Optional.empty();

  @Option(names = "--image-id", paramLabel = "ID", description = "Only of this image.")
  private Optional<String> imageId = Optional.empty();

  @Option(names = "--limit", paramLabel = "N", description = "The first N of them.")
  private long limit = Long.MAX_VALUE;

  /**
   * The selected dead letters.
   *
   * @throws StartupException if a time is none
   */
  DeadLetterFilter filter(Instant now) {
    return new DeadLetterFilter(
        Set.copyOf(reasons),
        Set.copyOf(services),
        since.map(text -> TimeOption.parse("--since", text, now)),
        until.map(text -> TimeOption.parse("--until", text, now)),
        partition,
        offset,
        imageId);
  }

  /** Most of them. */
  long limit() {
    if (limit < 1) {
      throw new StartupException("--limit must be at least 1, was " + limit);
    }
    return limit;
  }
}
