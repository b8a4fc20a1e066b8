package io.stillstream.runtime.service;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.health.HealthMeters;
import io.stillstream.runtime.http.ManagementServer;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.metrics.MeterRegistries;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.runtime.openlineage.StreamJobRun;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a service, from its arguments to its exit code; {@code stop} ends it from outside. */
final class ServiceLauncher<C extends Record> {
  static final int STOPPED = 0;
  static final int DIED = 1;
  static final int BAD_START = 2;

  private static final Logger LOG = LoggerFactory.getLogger(ServiceLauncher.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name;
  private final Class<C> type;
  private final Function<C, ManagementSettings> management;
  private final Function<C, MetricsSettings> metrics;
  private final BiFunction<C, MeterRegistry, Service> factory;
  private final PrintStream out;
  private final PrintStream err;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Service running;

  ServiceLauncher(
      String name,
      Class<C> type,
      Function<C, ManagementSettings> management,
      Function<C, MetricsSettings> metrics,
      BiFunction<C, MeterRegistry, Service> factory,
      PrintStream out,
      PrintStream err) {
    this.name = name;
    this.type = type;
    this.management = management;
    this.metrics = metrics;
    this.factory = factory;
    this.out = out;
    this.err = err;
  }

  /** Runs until the service ends; returns the exit code. Everything it opened is closed then. */
  int run(String[] args, Map<String, String> environment) {
    try {
      String option = args.length == 0 ? "" : args[0];
      if (args.length == 1 && option.equals("--help")) {
        out.println(usage());
        return STOPPED;
      }
      if (args.length == 1 && option.equals("--version")) {
        out.println(name + " " + version());
        return STOPPED;
      }
      List<Path> files = files(args);
      if (!files.isEmpty()) {
        return serve(files, environment);
      }
      err.println(name + ": bad arguments: " + String.join(" ", args));
      err.println(usage());
      return BAD_START;
    } catch (StartupException e) {
      err.println(name + ": " + e.getMessage());
      return BAD_START;
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).addKeyValue("service", name).log("the program is at fault");
      return DIED;
    } finally {
      ended.countDown();
    }
  }

  /**
   * Closes the service from another thread and waits, for a bounded time, until the run is over.
   */
  void stop() {
    Service service = running;
    if (service != null && ended.getCount() > 0) {
      LOG.atInfo().addKeyValue("service", name).log("stopping");
      Thread closer = new Thread(service::close, "close");
      closer.setDaemon(true);
      closer.start();
    }
    try {
      if (service != null && !ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.atError()
            .addKeyValue("service", name)
            .addKeyValue("after", PATIENCE)
            .log("did not stop in time; leaving it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The settings files in their order; none if the arguments are anything else. */
  private static List<Path> files(String[] args) {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--config=")) {
        files.add(Path.of(args[i].substring("--config=".length())));
      } else if (args[i].equals("--config") && i + 1 < args.length) {
        i++;
        files.add(Path.of(args[i]));
      } else {
        return List.of();
      }
    }
    return files;
  }

  private int serve(List<Path> files, Map<String, String> environment) {
    YamlSettings.Loaded<C> loaded = YamlSettings.read(files, type, environment);
    C config = loaded.config();
    LOG.atInfo()
        .addKeyValue("service", name)
        .addKeyValue("version", version())
        .log(
            "starting with configuration {}\n{}",
            YamlSettings.names(files),
            loaded.effective().stripTrailing());
    Map<String, String> info = Map.of("name", name, "version", version());
    try (MeterRegistries registries = MeterRegistries.open(metrics.apply(config), name);
        Service created = factory.apply(config, registries.all());
        ManagementServer endpoint =
            ManagementServer.start(
                management.apply(config), registries.prometheus(), created::health, info);
        // Once more, to be closed before the endpoint: a service that drains can be watched.
        Service service = created) {
      endpoint.add(service.endpoints());
      endpoint.add(service.site());
      ServiceMetrics.bindBuild(registries.all(), name, version());
      HealthMeters health = HealthMeters.bind(registries.all(), created::health);
      running = service;
      service.start();
      health.bindChecks();
      LOG.atInfo()
          .addKeyValue("service", name)
          .addKeyValue("management.port", endpoint.port())
          .log("started");
      Optional<StreamJobRun> run =
          service.job().map(job -> StreamJobRun.start(job, registries.all()));
      Optional<IllegalStateException> failure = await(service);
      run.ifPresent(started -> started.end(failure.map(Throwable::getMessage)));
      return failure.isPresent() ? DIED : STOPPED;
    }
  }

  /** Waits until the service ends; returns why it ended by itself, or empty if it was closed. */
  private Optional<IllegalStateException> await(Service service) {
    try {
      service.awaitStop();
      LOG.atInfo().addKeyValue("service", name).log("stopped");
      return Optional.empty();
    } catch (IllegalStateException e) {
      LOG.atError()
          .addKeyValue("service", name)
          .addKeyValue("reason", e.getMessage())
          .addKeyValue("cause", String.valueOf(e.getCause()))
          .log("died");
      LOG.atDebug().setCause(e).log("died");
      return Optional.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private String usage() {
    return "usage: " + name + " --config FILE [--config FILE …] | --help | --version";
  }

  private String version() {
    String version = type.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
