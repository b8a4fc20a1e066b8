package io.stillstream.bench.load;

import io.stillstream.bench.load.delivery.DeliveryTracker;
import io.stillstream.bench.load.delivery.LoadGenerator;
import io.stillstream.bench.load.deployment.LoadSettings;
import io.stillstream.bench.load.deployment.LocalDeployment;
import io.stillstream.bench.load.deployment.ProcessProbe;
import io.stillstream.bench.load.deployment.ProcessRole;
import io.stillstream.bench.load.image.ImageSupplier;
import io.stillstream.bench.load.image.RunId;
import io.stillstream.bench.load.measurement.IsolatedServiceResult;
import io.stillstream.runtime.config.StartupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets one service after the other work off what the one before has left, each alone with the
 * broker, and measures it between a warm-up and the time at which little is left.
 */
final class IsolatedServiceBenchmark {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The topic of images holds so many bytes at most. */
  private static final long MOST_BYTES = 512L << 20;

  private static final long LEAST_IMAGES = 1_000;
  private static final long MOST_IMAGES = 60_000;

  /** It begins to count when this share is done, or the warm-up is over, whichever is first. */
  private static final double WARM_UP_SHARE = 0.3;

  /** It ends to count when this share is done: behind it instances may run dry. */
  private static final double LAST_SHARE = 0.9;

  private final LocalDeployment deployment;
  private final LoadSettings settings;
  private final ImageSupplier supplier;

  IsolatedServiceBenchmark(
      LocalDeployment deployment, LoadSettings settings, ImageSupplier supplier) {
    this.deployment = deployment;
    this.settings = settings;
    this.supplier = supplier;
  }

  /** Measures these services; each needs what the one before it leaves. */
  List<IsolatedServiceResult> run(List<ProcessRole> roles) {
    double available = fill();
    List<IsolatedServiceResult> results = new ArrayList<>();
    for (ProcessRole role : roles) {
      deployment.start(List.of(role));
      results.add(measure(role, available));
      available = images(role);
      deployment.stop(role);
    }
    return results;
  }

  private double fill() {
    long images =
        Math.max(LEAST_IMAGES, Math.min(MOST_IMAGES, MOST_BYTES / Math.max(1, supplier.bytes())));
    RunId run = RunId.at(System.currentTimeMillis());
    try (LoadGenerator generator =
        new LoadGenerator(
            deployment.clients(), run, supplier, new DeliveryTracker(settings.images().views()))) {
      generator.fill(images);
    }
    return images;
  }

  private IsolatedServiceResult measure(ProcessRole role, double available) {
    State begin = await(role, 1, PATIENCE);
    State first = await(role, WARM_UP_SHARE * available, settings.timing().warmUp());
    if (first.images() <= begin.images()) {
      first = await(role, begin.images() + 1, PATIENCE);
    }
    State last = await(role, LAST_SHARE * available, settings.timing().time());
    double images = last.images() - first.images();
    double seconds = (last.nanos() - first.nanos()) / 1e9;
    if (!(images > 0)) {
      throw new StartupException(
          role
              + ": nothing is left to measure after the warm-up; "
              + available
              + " images are too few");
    }
    return new IsolatedServiceResult(
        role.toString(),
        settings.scale().partitions(),
        settings.scale().instances(role),
        images / seconds,
        (last.cpu() - first.cpu()) / 1e6 / images,
        (last.broker() - first.broker()) / 1e6 / images,
        (last.cpu() - first.cpu()) / 1e9 / seconds);
  }

  private record State(long nanos, double images, double cpu, double broker) {}

  /** Looks until so many are done, or so long. */
  private State await(ProcessRole role, double images, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    State state = state(role);
    while (state.images() < images && System.nanoTime() < end) {
      LoadSession.pause(LOOK);
      deployment.requireHealthy();
      state = state(role);
    }
    return state;
  }

  private State state(ProcessRole role) {
    double images = 0;
    double cpu = 0;
    double broker = 0;
    for (ProcessProbe process : deployment.processes()) {
      ProcessProbe.Snapshot snapshot = process.snapshot(settings.images().views());
      if (process.role() == role) {
        images += snapshot.images();
        cpu += snapshot.cpuNanos();
      } else if (process.role() == ProcessRole.BROKER) {
        broker += snapshot.cpuNanos();
      }
    }
    return new State(System.nanoTime(), images, cpu, broker);
  }

  private double images(ProcessRole role) {
    return state(role).images();
  }
}
