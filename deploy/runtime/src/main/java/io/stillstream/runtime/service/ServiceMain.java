package io.stillstream.runtime.service;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.metrics.MetricsSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main of every service. It ends with 0 when the service was closed, 1 when it died or its
 * program is wrong, and 2 when it cannot start as configured. After SIGTERM or SIGINT it closes the
 * service and ends as Java does, with 143 or 130. It ends with 1 at once when the time of day was
 * set back: Kafka's clients and Kafka Streams count their time-outs by it, and would neither commit
 * nor send heartbeats until it is later than it was. A new process is not affected.
 */
public final class ServiceMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceMain.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private ServiceMain() {}

  /**
   * Runs a service for the life of the process, and ends the process.
   *
   * @param args {@code --config FILE}, {@code --help} or {@code --version}
   * @param type the configuration, see {@link YamlSettings}
   */
  public static <C extends Record> void run(
      String name,
      String[] args,
      Class<C> type,
      Function<C, ManagementSettings> management,
      Function<C, MetricsSettings> metrics,
      BiFunction<C, MeterRegistry, Service> factory) {
    LibraryProperties.configure();
    ServiceLauncher<C> launcher =
        new ServiceLauncher<>(name, type, management, metrics, factory, System.out, System.err);
    Runtime.getRuntime().addShutdownHook(new Thread(launcher::stop, "shutdown"));
    Thread clock = new Thread(ServiceMain::watchClock, "clock-watch");
    clock.setDaemon(true);
    clock.start();
    System.exit(launcher.run(args, System.getenv()));
  }

  private static void watchClock() {
    ClockJumpDetector watch = new ClockJumpDetector(InstantSource.system(), System::nanoTime);
    try {
      while (true) {
        Thread.sleep(LOOK.toMillis());
        Optional<Duration> back = watch.check();
        if (back.isPresent()) {
          LOG.atError()
              .addKeyValue("by", back.get())
              .log(
                  "the clock was set back, which no client of Kafka goes on after; start me again");
          // Not exit: to close would take as long as the clock was set back.
          Runtime.getRuntime().halt(ServiceLauncher.DIED);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
