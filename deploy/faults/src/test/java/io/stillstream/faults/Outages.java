package io.stillstream.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** Broker or registry are away for a moment or for long. */
final class Outages {
  private static final int TERMINATED = 143;

  private Outages() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "broker-kill", "kill -9 of the broker, started again at once", false, Outages::kill),
        new Fault(
            "broker-restart", "SIGTERM to the broker, started again", false, Outages::restart),
        new Fault("broker-away", "no broker for a minute", false, Outages::brokerAway),
        new Fault(
            "registry-away",
            "no registry for a minute, in which the services are killed and started again",
            false,
            Outages::registryAway),
        new Fault(
            "registry-hangs",
            "the registry takes connections and does not answer for a minute, in which the services"
                + " are killed and started again",
            false,
            Outages::registryHangs));
  }

  private static String kill(Trial trial) {
    Part kafka = trial.site().kafka();
    kafka.kill();
    kafka.start();
    return "";
  }

  private static String restart(Trial trial) {
    Part kafka = trial.site().kafka();
    int code = kafka.terminate();
    if (code != TERMINATED) {
      throw new AssertionError("the broker ended with " + code + ", not 143");
    }
    kafka.start();
    return "";
  }

  private static String brokerAway(Trial trial) {
    Part kafka = trial.site().kafka();
    kafka.kill();
    awaitNotReady(trial.site().services());
    trial.site().trainer().part().leave(trial.scale().away());
    requireAlive(trial.site().services());
    kafka.start();
    return "all three not ready meanwhile";
  }

  private static String registryAway(Trial trial) {
    Part registry = trial.site().registry();
    registry.kill();
    String seen = withoutRegistry(trial);
    registry.start();
    return seen;
  }

  private static String registryHangs(Trial trial) {
    Part registry = trial.site().registry();
    registry.freeze();
    String seen = withoutRegistry(trial);
    registry.thaw();
    return seen;
  }

  /** Running services know the schemas; those that start anew have to wait. */
  private static String withoutRegistry(Trial trial) {
    List<Instance> services = trial.site().services();
    services.forEach(service -> service.part().kill());
    services.forEach(service -> service.part().start());
    await("the augmenter answers that it is not ready")
        .atMost(Site.PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .until(
            () ->
                trial.site().augmenter().health().contains("DOWN")
                    && !trial.site().augmenter().isReady());
    trial.site().trainer().part().leave(trial.scale().away());
    requireAlive(services);
    return "all started, the augmenter was not ready, none ended";
  }

  private static void awaitNotReady(List<Instance> services) {
    await("readiness ends")
        .atMost(Site.PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .until(() -> services.stream().noneMatch(Instance::isReady));
  }

  private static void requireAlive(List<Instance> services) {
    for (Instance service : services) {
      if (!service.part().isAlive()) {
        throw new AssertionError(
            service.part().name() + " ended with " + service.part().exitCode());
      }
    }
  }
}
