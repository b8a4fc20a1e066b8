package io.stillstream.embedded.process;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.pipeline.PipelineService;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Makes the processes of a pipeline, as the images and {@code deploy/stillstream} start them: with
 * {@code deploy/environment} and {@code deploy/jvm.options}, services from the jars of this build.
 */
public final class PipelineProcesses {
  private static final long POLL_MILLIS = 100;

  private final Path home;
  private final Path directory;
  private final List<String> options;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param home the project's directory
   * @param directory of settings files and logs; made if there is none
   * @param options of every virtual machine
   */
  public PipelineProcesses(Path home, Path directory, List<String> options) {
    this.home = home;
    this.directory = directory;
    this.options = List.copyOf(options);
  }

  /**
   * A service, not started, whose settings are in {@code NAME.yaml} of the directory.
   *
   * @param more options of its virtual machine
   * @param port of its management in these settings; empty for any free one
   * @throws EmbeddedException when its jar was not built
   */
  public ServiceProcess service(
      PipelineService service, String name, List<String> more, OptionalInt port) {
    Path jar = home.resolve(service.jar());
    if (!Files.isRegularFile(jar)) {
      throw new EmbeddedException(
          "there is no " + jar + "; \"mvn package\" or deploy/stillstream makes it");
    }
    List<String> arguments = new ArrayList<>(more);
    arguments.addAll(
        List.of("-jar", jar.toString(), "--config", directory.resolve(name + ".yaml").toString()));
    return new ServiceProcess(process(name, arguments), http, port);
  }

  /** A process that runs the embedded broker only, not started. */
  public JavaProcess kafka(List<String> more, int port) {
    return servers(ServersMain.KAFKA, more, kafkaArguments(port));
  }

  /** A process that runs the embedded registry only, not started. */
  public JavaProcess registry(List<String> more, int port) {
    return servers(ServersMain.REGISTRY, more, registryArguments(port));
  }

  /** A process that runs both, not started. */
  public JavaProcess kafkaAndRegistry(List<String> more, int kafkaPort, int registryPort) {
    List<String> arguments = new ArrayList<>(registryArguments(registryPort));
    arguments.addAll(kafkaArguments(kafkaPort));
    return servers("broker", more, arguments);
  }

  /** Where the registry stores. */
  public Path registryFile() {
    return directory.resolve("registry.json");
  }

  /** Waits until clients of a process of broker or registry may connect. */
  public static void awaitServers(JavaProcess servers, Duration timeout) {
    await(servers, timeout, () -> servers.output().contains(ServersMain.READY));
  }

  /**
   * Waits until a service is ready.
   *
   * @throws EmbeddedException when it ends, or is not ready in time
   */
  public static void awaitReady(ServiceProcess service, Duration timeout) {
    await(service.process(), timeout, service::isReady);
  }

  private static void await(JavaProcess process, Duration timeout, BooleanSupplier ready) {
    long end = System.nanoTime() + timeout.toNanos();
    while (!ready.getAsBoolean()) {
      process.requireAlive();
      if (System.nanoTime() > end) {
        throw new EmbeddedException(
            process.name() + " is not ready after " + timeout.toSeconds() + " s");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private List<String> kafkaArguments(int port) {
    return List.of(ServersMain.KAFKA, directory.resolve("kafka").toString(), "" + port);
  }

  private List<String> registryArguments(int port) {
    return List.of(ServersMain.REGISTRY, registryFile().toString(), "" + port);
  }

  private JavaProcess servers(String name, List<String> more, List<String> servers) {
    List<String> arguments = new ArrayList<>(more);
    arguments.addAll(List.of("-cp", JavaProcess.classPath(), ServersMain.class.getName()));
    arguments.addAll(servers);
    return process(name, arguments);
  }

  private JavaProcess process(String name, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("bash", "-c", "source \"$0\" && exec \"$@\""));
    command.add(home.resolve("deploy/environment").toString());
    command.addAll(List.of(JavaProcess.java(), "@" + home.resolve("deploy/jvm.options")));
    command.addAll(options);
    command.addAll(arguments);
    return new JavaProcess(name, command, directory.resolve(name + ".log"));
  }
}
