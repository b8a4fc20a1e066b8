package io.stillstream.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The main of every service. It ends with 0 when the service was closed, 1 when it died or its
 * program is wrong, and 2 when it cannot start as configured. After SIGTERM or SIGINT it closes the
 * service and ends as Java does, with 143 or 130.
 */
public final class ServiceMain {
  private ServiceMain() {}

  /**
   * Runs a service for the life of the process, and ends the process.
   *
   * @param args {@code --config FILE}, {@code --help} or {@code --version}
   * @param type the configuration, see {@link Settings}
   */
  public static <C extends Record> void run(
      String name,
      String[] args,
      Class<C> type,
      Function<C, ManagementSettings> management,
      BiFunction<C, MeterRegistry, Service> factory) {
    Natives.configure();
    Launcher<C> launcher = new Launcher<>(name, type, management, factory, System.out, System.err);
    Runtime.getRuntime().addShutdownHook(new Thread(launcher::stop, "shutdown"));
    System.exit(launcher.run(args, System.getenv()));
  }
}
