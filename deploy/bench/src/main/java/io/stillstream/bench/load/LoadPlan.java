package io.stillstream.bench.load;

import io.stillstream.bench.load.deployment.Deployment;
import io.stillstream.bench.load.deployment.LoadSettings;
import io.stillstream.bench.load.deployment.LocalDeployment;
import io.stillstream.bench.load.deployment.ProcessRole;
import io.stillstream.bench.load.image.ImageSupplier;
import io.stillstream.bench.load.image.InvalidImageShare;
import io.stillstream.bench.load.measurement.LoadMeasurement;
import io.stillstream.bench.load.measurement.SustainedCapacity;
import io.stillstream.bench.load.report.LoadReport;
import io.stillstream.runtime.config.StartupException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** The measurements of a run, one after the other. */
final class LoadPlan {
  private static final double HALF = 0.5;
  private static final double THIRD = 1 / 3.0;
  private static final double NEARLY_ALL = 0.9;
  private static final int MOST_PARTITIONS = 4;

  /** Of the bad images in a report, where nothing else is said. */
  private static final InvalidImageShare SOME_BAD = new InvalidImageShare(0.02);

  private final LoadSettings settings;
  private final Path directory;
  private final LoadReport report;

  /**
   * @param directory where processes leave what they leave
   */
  LoadPlan(LoadSettings settings, Path directory, LoadReport report) {
    this.settings = settings;
    this.directory = directory;
    this.report = report;
  }

  /**
   * Each service alone, at several partitions.
   *
   * @param full with as many instances as there are partitions, too
   */
  void alone(boolean full) {
    ImageSupplier supplier =
        new ImageSupplier(settings.images().size(), new InvalidImageShare(0), settings.data());
    for (int partitions = 1; partitions <= MOST_PARTITIONS; partitions *= 2) {
      int most = full ? partitions : partitions / 2;
      for (int instances = 1; instances <= Math.max(1, most); instances *= 2) {
        LoadSettings scaled = settings.scaled(partitions, instances, THIRD);
        // A student has one trainer, however many partitions there are.
        List<ProcessRole> roles =
            instances == 1 ? ProcessRole.SERVICES : ProcessRole.SERVICES.subList(0, 2);
        Path place = directory.resolve("alone-" + partitions + "-" + instances);
        try (LocalDeployment deployment = LocalDeployment.open(scaled, place)) {
          new IsolatedServiceBenchmark(deployment, scaled, supplier)
              .run(roles)
              .forEach(report::add);
        }
      }
    }
  }

  /** A pipeline of our own, ready to be loaded. */
  LocalDeployment open() {
    LocalDeployment deployment = LocalDeployment.open(settings, directory.resolve("pipeline"));
    try {
      deployment.start(ProcessRole.SERVICES);
      return deployment;
    } catch (RuntimeException e) {
      deployment.close();
      throw e;
    }
  }

  /** What it sustains, and how it does at half and at nine tenths of that. */
  double capacity(Deployment deployment) {
    return run(
        deployment,
        settings.images().invalid(),
        session -> {
          LoadMeasurement closed =
              session.closedLoop(
                  "closed loop", settings.timing().warmUp(), settings.timing().time());
          report.add(closed);
          SustainedCapacity capacity =
              SustainedCapacity.find(
                  closed,
                  rate ->
                      at(session, "%.0f images/s".formatted(rate), rate, settings.timing().time()));
          capacity.tries().stream().skip(1).forEach(report::add);
          if (Double.isNaN(capacity.sustained())) {
            throw new StartupException(
                "the pipeline kept up with none of the rates; give it longer with --seconds, or a"
                    + " machine without other load");
          }
          report.sustained(capacity.sustained(), capacity.isBounded());
          report.add(at(session, "50 %", HALF * capacity.sustained(), settings.timing().time()));
          report.add(
              at(session, "90 %", NEARLY_ALL * capacity.sustained(), settings.timing().time()));
          return capacity.sustained();
        });
  }

  /** The same rate as before, with some bad images among the good ones. */
  void someBad(Deployment deployment, double sustained) {
    double rate = HALF * sustained;
    run(
        deployment,
        SOME_BAD,
        session -> {
          report.add(at(session, "50 %, 2 % bad", rate, settings.timing().time()));
          return rate;
        });
  }

  /** One rate for a time. */
  void constant(Deployment deployment, String name, double rate, Duration time) {
    run(
        deployment,
        settings.images().invalid(),
        session -> {
          report.add(at(session, name, rate, time));
          return rate;
        });
  }

  private LoadMeasurement at(LoadSession session, String name, double rate, Duration time) {
    return session.openLoop(name, rate, settings.timing().warmUp(), time);
  }

  private double run(
      Deployment deployment, InvalidImageShare bad, ToDoubleFunction<LoadSession> work) {
    ImageSupplier supplier = new ImageSupplier(settings.images().size(), bad, settings.data());
    try (LoadSession session = new LoadSession(deployment, settings, supplier)) {
      double result = work.applyAsDouble(session);
      OptionalDouble trained = session.trained();
      report.add(session.balance(), trained.orElse(Double.NaN));
      return result;
    }
  }
}
