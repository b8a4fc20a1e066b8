package io.stillstream.trainer.status;

import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the trainer says of itself. */
public final class TrainerHealth {
  private final TrainerStatus progress;
  private final Duration maxStall;
  private final BooleanSupplier starting;
  private final BooleanSupplier running;
  private final BooleanSupplier broker;
  private final Supplier<Check> access;
  private final BooleanSupplier registry;
  private final Supplier<Optional<String>> store;
  private final Supplier<Optional<String>> publishing;

  /**
   * @param maxStall longest time that the loop may go without a sign of life
   * @param publishing what does not reach its topic; empty while all does
   */
  public TrainerHealth(
      TrainerStatus progress,
      Duration maxStall,
      BooleanSupplier starting,
      BooleanSupplier running,
      BooleanSupplier broker,
      Supplier<Check> access,
      BooleanSupplier registry,
      Supplier<Optional<String>> store,
      Supplier<Optional<String>> publishing) {
    this.progress = progress;
    this.maxStall = maxStall;
    this.starting = starting;
    this.running = running;
    this.broker = broker;
    this.access = access;
    this.registry = registry;
    this.store = store;
    this.publishing = publishing;
  }

  public Health health() {
    boolean opening = starting.getAsBoolean();
    Duration since = progress.sinceHeartbeat();
    boolean alive = running.getAsBoolean();
    boolean connected = broker.getAsBoolean();
    boolean registered = registry.getAsBoolean();
    List<Check> checks = new ArrayList<>();
    checks.add(
        Check.liveness(
            "loop",
            // A large checkpoint takes long to read: to be killed for that would not help.
            opening || (alive && since.compareTo(maxStall) < 0),
            opening ? "starting" : alive ? turn(since) : "not running"));
    checks.add(
        Check.readiness(
            "student", progress.isReading(), progress.isResumed() ? "resumed" : "begun anew"));
    checks.add(Check.readiness("broker", connected, connected ? "connected" : "no connection"));
    checks.add(access.get());
    checks.add(Check.readiness("registry", registered, registered ? "answers" : "does not answer"));
    checks.add(
        Check.readiness(
            "disk",
            progress.lastFailure().isEmpty(),
            progress.lastFailure().orElse("checkpoints are written")));
    Optional<String> unpublished = publishing.get();
    checks.add(
        Check.readiness(
            "publishing", unpublished.isEmpty(), unpublished.orElse("everything arrives")));
    // It says what is the matter, and is no reason to be taken out of service: training goes on.
    store.get().ifPresent(detail -> checks.add(Check.readiness("store", true, detail)));
    return new Health(checks);
  }

  private String turn(Duration since) {
    return "step " + progress.steps() + ", " + since.toMillis() + " ms ago";
  }
}
