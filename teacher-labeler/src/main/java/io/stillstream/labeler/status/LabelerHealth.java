package io.stillstream.labeler.status;

import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/** The health checks of the labeler. */
public final class LabelerHealth {
  /** Heartbeats come every three seconds unless configured otherwise. */
  private static final double OLDEST_HEARTBEAT_SECONDS = 15;

  /** The group reports an offset at once, unless a transaction that concerns it is open. */
  private static final Duration LONGEST_WAIT_FOR_OFFSETS = Duration.ofSeconds(15);

  private final Supplier<LabelerStatus> status;
  private final LongSupplier nanoTime;
  private final BooleanSupplier running;
  private final Duration stalledAfter;
  private final Supplier<OptionalDouble> secondsSinceHeartbeat;
  private final Supplier<Check> teachers;
  private final Supplier<Check> access;
  private final Supplier<Optional<Check>> budget;

  /**
   * @param status of the loop
   * @param nanoTime the loop's clock
   * @param running whether the loop's thread is running
   * @param stalledAfter time without a poll after which the loop counts as stalled
   * @param teachers whether they answer
   * @param access whether the brokers allow everything that is needed
   * @param budget the check of the label budget, if there is one
   */
  public LabelerHealth(
      Supplier<LabelerStatus> status,
      LongSupplier nanoTime,
      BooleanSupplier running,
      Duration stalledAfter,
      Supplier<OptionalDouble> secondsSinceHeartbeat,
      Supplier<Check> teachers,
      Supplier<Check> access,
      Supplier<Optional<Check>> budget) {
    this.status = status;
    this.nanoTime = nanoTime;
    this.running = running;
    this.stalledAfter = stalledAfter;
    this.secondsSinceHeartbeat = secondsSinceHeartbeat;
    this.teachers = teachers;
    this.access = access;
    this.budget = budget;
  }

  public Health health() {
    LabelerStatus now = status.get();
    return new Health(
        Stream.concat(
                Stream.of(
                    loop(now),
                    teachers(now),
                    broker(now),
                    access.get(),
                    offsets(now),
                    registry(now)),
                budget.get().stream())
            .toList());
  }

  /** What the loop waits for is newer than what the teachers know of themselves. */
  private Check teachers(LabelerStatus now) {
    return now.teacherError()
        .map(error -> Check.readiness("teacher", false, error))
        .orElseGet(teachers);
  }

  private Check loop(LabelerStatus now) {
    Duration since = now.sincePoll(nanoTime.getAsLong());
    boolean alive = running.getAsBoolean();
    return Check.liveness(
        "loop",
        alive && since.compareTo(stalledAfter) < 0,
        alive ? "last poll " + since.toMillis() + " ms ago" : "not running");
  }

  private Check broker(LabelerStatus now) {
    Optional<String> error = now.brokerError();
    if (error.isPresent()) {
      return Check.readiness("broker", false, error.get());
    }
    OptionalDouble since = secondsSinceHeartbeat.get();
    return Check.readiness(
        "broker",
        since.isPresent() && since.getAsDouble() <= OLDEST_HEARTBEAT_SECONDS,
        since.isPresent()
            ? String.format(Locale.ROOT, "last heartbeat %.0f s ago", since.getAsDouble())
            : "not yet a member of the group");
  }

  private Check offsets(LabelerStatus now) {
    Set<TopicPartition> without = now.unresolvedFor(LONGEST_WAIT_FOR_OFFSETS, nanoTime.getAsLong());
    return Check.readiness(
        "offsets",
        without.isEmpty(),
        without.isEmpty()
            ? "known"
            : "the group does not tell the committed offset of "
                + without
                + ": is a transaction hanging?");
  }

  private static Check registry(LabelerStatus now) {
    String detail =
        now.registryError().orElse(now.schemaRegistered() ? "answers" : "not yet asked");
    return Check.readiness(
        "registry", now.registryError().isEmpty() && now.schemaRegistered(), detail);
  }
}
