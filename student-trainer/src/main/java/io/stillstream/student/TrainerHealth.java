package io.stillstream.student;

import io.stillstream.runtime.Health;
import io.stillstream.runtime.Health.Check;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** What the trainer says of itself. */
final class TrainerHealth {
  /** A turn is one batch with all its updates, or a checkpoint. */
  private static final Duration STALLED = Duration.ofMinutes(5);

  private final Progress progress;
  private final BooleanSupplier starting;
  private final BooleanSupplier running;
  private final BooleanSupplier broker;
  private final BooleanSupplier registry;
  private final LongSupplier nanos;

  TrainerHealth(
      Progress progress,
      BooleanSupplier starting,
      BooleanSupplier running,
      BooleanSupplier broker,
      BooleanSupplier registry,
      LongSupplier nanos) {
    this.progress = progress;
    this.starting = starting;
    this.running = running;
    this.broker = broker;
    this.registry = registry;
    this.nanos = nanos;
  }

  Health health() {
    boolean opening = starting.getAsBoolean();
    Duration since = Duration.ofNanos(nanos.getAsLong() - progress.lastTurnNanos());
    boolean alive = running.getAsBoolean();
    boolean connected = broker.getAsBoolean();
    boolean registered = registry.getAsBoolean();
    return Health.of(
        Check.liveness(
            "loop",
            // A large checkpoint takes long to read: to be killed for that would not help.
            opening || (alive && since.compareTo(STALLED) < 0),
            opening ? "starting" : alive ? turn(since) : "not running"),
        Check.readiness(
            "student", progress.isReading(), progress.isResumed() ? "resumed" : "begun anew"),
        Check.readiness("broker", connected, connected ? "connected" : "no connection"),
        Check.readiness("registry", registered, registered ? "answers" : "does not answer"),
        Check.readiness(
            "disk",
            progress.trouble().isEmpty(),
            progress.trouble().orElse("checkpoints are written")));
  }

  private String turn(Duration since) {
    return "step " + progress.steps() + ", " + since.toMillis() + " ms ago";
  }
}
