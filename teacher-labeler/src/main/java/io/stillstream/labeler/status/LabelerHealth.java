package io.stillstream.labeler.status;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/** What the labeler says of itself. */
public final class LabelerHealth {
  /** Heartbeats come every three seconds unless configured otherwise. */
  private static final double OLDEST_HEARTBEAT_SECONDS = 15;

  /** The group tells an offset at once, unless a transaction that concerns it is open. */
  private static final Duration LONGEST_WAIT_FOR_OFFSETS = Duration.ofSeconds(15);

  private final LabelerStatus state;
  private final BooleanSupplier running;
  private final Duration stalledAfter;
  private final Supplier<OptionalDouble> secondsSinceHeartbeat;
  private final Supplier<List<TeacherModel.Identity>> teachers;
  private final Supplier<Check> access;
  private final Supplier<Optional<Check>> budget;

  /**
   * @param running whether the loop's thread is at work
   * @param stalledAfter the longest time between two polls that is still sound
   * @param access whether all that is needed is allowed
   * @param budget what is to be said of the label budget, if anything
   */
  public LabelerHealth(
      LabelerStatus state,
      BooleanSupplier running,
      Duration stalledAfter,
      Supplier<OptionalDouble> secondsSinceHeartbeat,
      Supplier<List<TeacherModel.Identity>> teachers,
      Supplier<Check> access,
      Supplier<Optional<Check>> budget) {
    this.state = state;
    this.running = running;
    this.stalledAfter = stalledAfter;
    this.secondsSinceHeartbeat = secondsSinceHeartbeat;
    this.teachers = teachers;
    this.access = access;
    this.budget = budget;
  }

  public Health health() {
    return new Health(
        Stream.concat(
                Stream.of(
                    loop(),
                    Check.readiness("teacher", true, names()),
                    broker(),
                    access.get(),
                    offsets(),
                    registry()),
                budget.get().stream())
            .toList());
  }

  private String names() {
    return teachers.get().stream()
        .map(teacher -> teacher.name() + " version " + teacher.version())
        .collect(Collectors.joining(", "));
  }

  private Check loop() {
    Duration since = state.sincePoll();
    boolean alive = running.getAsBoolean();
    return Check.liveness(
        "loop",
        alive && since.compareTo(stalledAfter) < 0,
        alive ? "last poll " + since.toMillis() + " ms ago" : "not running");
  }

  private Check broker() {
    Optional<String> trouble = state.brokerError();
    if (trouble.isPresent()) {
      return Check.readiness("broker", false, trouble.get());
    }
    OptionalDouble since = secondsSinceHeartbeat.get();
    return Check.readiness(
        "broker",
        since.isPresent() && since.getAsDouble() <= OLDEST_HEARTBEAT_SECONDS,
        since.isPresent()
            ? String.format(Locale.ROOT, "last heartbeat %.0f s ago", since.getAsDouble())
            : "not yet a member of the group");
  }

  private Check offsets() {
    Set<TopicPartition> without = state.unresolvedFor(LONGEST_WAIT_FOR_OFFSETS);
    return Check.readiness(
        "offsets",
        without.isEmpty(),
        without.isEmpty()
            ? "known"
            : "the group does not tell the committed offset of "
                + without
                + ": is a transaction hanging?");
  }

  private Check registry() {
    String detail = state.registryError().orElse(state.isPrepared() ? "answers" : "not yet asked");
    return Check.readiness(
        "registry", state.registryError().isEmpty() && state.isPrepared(), detail);
  }
}
