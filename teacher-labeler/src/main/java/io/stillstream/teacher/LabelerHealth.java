package io.stillstream.teacher;

import io.stillstream.runtime.Health;
import io.stillstream.runtime.Health.Check;
import io.stillstream.teacher.labels.Teacher;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the labeler says of itself. */
final class LabelerHealth {
  /** Heartbeats come every three seconds unless configured otherwise. */
  private static final double OLDEST_HEARTBEAT_SECONDS = 15;

  private final LoopState state;
  private final BooleanSupplier running;
  private final Duration stalledAfter;
  private final Supplier<OptionalDouble> secondsSinceHeartbeat;
  private final Teacher.Identity teacher;

  /**
   * @param running whether the loop's thread is at work
   * @param stalledAfter the longest time between two polls that is still sound
   */
  LabelerHealth(
      LoopState state,
      BooleanSupplier running,
      Duration stalledAfter,
      Supplier<OptionalDouble> secondsSinceHeartbeat,
      Teacher.Identity teacher) {
    this.state = state;
    this.running = running;
    this.stalledAfter = stalledAfter;
    this.secondsSinceHeartbeat = secondsSinceHeartbeat;
    this.teacher = teacher;
  }

  Health health() {
    return Health.of(
        loop(),
        Check.readiness("teacher", true, teacher.name() + " version " + teacher.version()),
        broker(),
        registry());
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
    Optional<String> trouble = state.brokerTrouble();
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

  private Check registry() {
    String detail =
        state
            .registryTrouble()
            .orElse(state.isPrepared() ? "schema registered" : "schema not yet registered");
    return Check.readiness(
        "registry", state.registryTrouble().isEmpty() && state.isPrepared(), detail);
  }
}
