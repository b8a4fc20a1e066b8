package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Broker or registry are away for a moment or for long. */
final class OutageFaults {
  private static final int TERMINATED = 143;

  private OutageFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "broker-kill",
            "kill -9 of the broker, started again at once",
            false,
            OutageFaults::kill),
        new Fault(
            "broker-restart", "SIGTERM to the broker, started again", false, OutageFaults::restart),
        new Fault("broker-away", "no broker for a minute", false, OutageFaults::brokerAway),
        new Fault(
            "registry-away",
            "no registry for a minute, in which the services are killed and started again",
            false,
            OutageFaults::registryAway),
        new Fault(
            "registry-hangs",
            "the registry takes connections and does not answer for a minute, in which the services"
                + " are killed and started again",
            false,
            OutageFaults::registryHangs),
        new Fault(
            "registry-emptied",
            "the registry has lost its data, the services are killed and started again, and after a"
                + " while the data is restored",
            false,
            OutageFaults::registryEmptied));
  }

  private static String kill(FaultExperiment experiment) {
    JavaProcess kafka = experiment.pipeline().kafka();
    kafka.kill();
    kafka.start();
    return "";
  }

  private static String restart(FaultExperiment experiment) {
    JavaProcess kafka = experiment.pipeline().kafka();
    int code = kafka.terminate();
    if (code != TERMINATED) {
      throw new AssertionError("the broker ended with " + code + ", not 143");
    }
    kafka.start();
    return "";
  }

  private static String brokerAway(FaultExperiment experiment) {
    JavaProcess kafka = experiment.pipeline().kafka();
    kafka.kill();
    awaitNotReady(experiment.pipeline().services());
    experiment.pipeline().trainer().process().runFor(experiment.scale().away());
    requireAlive(experiment.pipeline().services());
    kafka.start();
    return "all three not ready meanwhile";
  }

  private static String registryAway(FaultExperiment experiment) {
    JavaProcess registry = experiment.pipeline().registry();
    registry.kill();
    String seen = withoutRegistry(experiment);
    registry.start();
    return seen;
  }

  private static String registryHangs(FaultExperiment experiment) {
    JavaProcess registry = experiment.pipeline().registry();
    registry.suspend();
    String seen = withoutRegistry(experiment);
    registry.resume();
    return seen;
  }

  /** Running services know the schemas; those that start anew have to wait. */
  private static String withoutRegistry(FaultExperiment experiment) {
    List<ServiceProcess> services = experiment.pipeline().services();
    services.forEach(service -> service.process().kill());
    services.forEach(service -> service.process().start());
    await("the augmenter answers that it is not ready")
        .until(
            () ->
                experiment.pipeline().augmenter().health().contains("DOWN")
                    && !experiment.pipeline().augmenter().isReady());
    experiment.pipeline().trainer().process().runFor(experiment.scale().away());
    requireAlive(services);
    return "all started, the augmenter was not ready, none ended";
  }

  /** Services that start anew know no schema, and must not take good records for bad ones. */
  private static String registryEmptied(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    Path data = pipeline.registryFile();
    Path backup = data.resolveSibling("registry.backup");
    restarted(pipeline.registry(), () -> Files.move(data, backup));
    List<ServiceProcess> services = pipeline.services();
    services.forEach(service -> service.process().kill());
    services.forEach(service -> service.process().start());
    // The others have read all there was, and get nothing new while the augmenter waits.
    ServiceProcess augmenter = pipeline.augmenter();
    await("the augmenter misses the registry's data")
        .until(
            () ->
                augmenter.metrics().sum("stillstream_registry_data_lost_total", "") > 0
                    && !augmenter.isReady());
    pipeline.trainer().process().runFor(experiment.scale().freeze());
    requireAlive(services);
    restarted(
        pipeline.registry(), () -> Files.move(backup, data, StandardCopyOption.REPLACE_EXISTING));
    return "the augmenter waited, not ready; none ended";
  }

  private interface WhileDown {
    Object make() throws IOException;
  }

  private static void restarted(JavaProcess registry, WhileDown change) {
    registry.kill();
    try {
      Object unused = change.make();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    registry.start();
    PipelineUnderTest.awaitUp(registry);
  }

  private static void awaitNotReady(List<ServiceProcess> services) {
    await("readiness ends").until(() -> services.stream().noneMatch(ServiceProcess::isReady));
  }

  private static void requireAlive(List<ServiceProcess> services) {
    for (ServiceProcess service : services) {
      if (!service.process().isAlive()) {
        throw new AssertionError(
            service.process().name() + " ended with " + service.process().exitCode());
      }
    }
  }
}
