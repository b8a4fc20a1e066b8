package io.stillstream.trainer.status;

import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The state of the trainer at one moment, from which its health follows.
 *
 * @param status of the loop
 * @param sinceHeartbeat time since the loop was last seen alive
 * @param maxStall longest time that the loop may go without a heartbeat
 * @param phase of the loop's thread
 * @param connections to other services
 * @param checkpointFailure why checkpoints are not written; empty while they are
 * @param refusal why the last release was refused; empty if it was not
 * @param unpublished what does not reach its topic, and why; empty while all does
 * @param replica state of the copies in an object store; empty without one
 */
public record TrainerHealth(
    TrainerStatus status,
    Duration sinceHeartbeat,
    Duration maxStall,
    Phase phase,
    Connections connections,
    Optional<String> checkpointFailure,
    Optional<String> refusal,
    Optional<String> unpublished,
    Optional<String> replica) {

  /** Phase of the loop's thread. */
  public enum Phase {
    /** Opens files, model and clients. */
    STARTING,
    RUNNING,
    /** Has ended, or could not be opened. */
    ENDED
  }

  /**
   * Connections to other services.
   *
   * @param broker whether there is one to a broker
   * @param access whether the brokers allow what the trainer needs
   * @param registry whether the schema registry answered when it was last asked
   */
  public record Connections(boolean broker, Check access, boolean registry) {}

  /** The checks by name. */
  public Health health() {
    boolean starting = phase == Phase.STARTING;
    boolean running = phase == Phase.RUNNING;
    List<Check> checks = new ArrayList<>();
    checks.add(
        Check.liveness(
            "loop",
            // Reading a large checkpoint takes long, and a restart would not help.
            starting || (running && sinceHeartbeat.compareTo(maxStall) < 0),
            starting ? "starting" : running ? turn() : "not running"));
    checks.add(
        Check.readiness("student", status.reading(), status.resumed() ? "resumed" : "begun anew"));
    checks.add(
        Check.readiness(
            "broker", connections.broker(), connections.broker() ? "connected" : "no connection"));
    checks.add(connections.access());
    checks.add(
        Check.readiness(
            "registry",
            connections.registry(),
            connections.registry() ? "answers" : "does not answer"));
    checks.add(
        Check.readiness(
            "disk",
            checkpointFailure.isEmpty(),
            checkpointFailure.orElse("checkpoints are written")));
    checks.add(Check.readiness("releases", refusal.isEmpty(), refusal.orElse("none was refused")));
    checks.add(
        Check.readiness(
            "publishing", unpublished.isEmpty(), unpublished.orElse("everything arrives")));
    // Always ready: training continues without copies.
    replica.ifPresent(detail -> checks.add(Check.readiness("store", true, detail)));
    return new Health(checks);
  }

  private String turn() {
    return "step " + status.steps() + ", " + sinceHeartbeat.toMillis() + " ms ago";
  }
}
