package io.stillstream.containers.inference;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server of the Open Inference Protocol that serves one model on the loopback interface. It can
 * be stopped, killed, suspended and started again at the same ports, and be given another version
 * of the model while it runs. It ends with this JVM, however that ends. Used by one thread at a
 * time.
 */
public abstract sealed class OipServerProcess implements AutoCloseable
    permits MlServerProcess, TritonServerProcess {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  /** Becomes the server; kills it when the standard input ends, which this JVM holds open. */
  private static final String KILLED_WITH_US =
      "exec 3<&0; { cat <&3; kill -9 $$; } >/dev/null 2>&1 & exec \"$@\" 3<&- </dev/null";

  private final ServerHttpClient http;
  private final Path directory;
  private final PortPair ports;
  private final JavaProcess process;
  private RepositoryModel model;

  /**
   * Not started.
   *
   * @param program name of the log file, and first in messages
   * @param directory for its files; is made
   */
  OipServerProcess(String program, Path directory, RepositoryModel model) {
    this.directory = directory.toAbsolutePath();
    this.ports = PortPair.free();
    this.http = new ServerHttpClient(ports.http());
    this.model = model;
    List<String> command = new ArrayList<>(List.of("sh", "-c", KILLED_WITH_US, program));
    command.addAll(command(environment(), this.directory, ports, model.name()));
    this.process = new JavaProcess(program, command, this.directory.resolve(program + ".log"));
  }

  /** Program and arguments. */
  abstract List<String> command(Path environment, Path directory, PortPair ports, String name);

  /** Writes the model, and all that the program needs to find it. */
  abstract void write(Path directory, PortPair ports, RepositoryModel model) throws IOException;

  /** Starts it, and waits until it serves the model. */
  public void start() {
    launch();
    awaitReady();
  }

  /** Starts it; returns at once. */
  public void launch() {
    write();
    Path environment = environment();
    process.start(
        Map.of(
            "PATH",
            environment.resolve("bin") + ":" + System.getenv("PATH"),
            "PYTHONPATH",
            environment.resolve("site-packages").toString(),
            "OMP_NUM_THREADS",
            "1",
            "OPENBLAS_NUM_THREADS",
            "1"));
  }

  /**
   * Waits until it serves the model.
   *
   * @throws io.stillstream.embedded.EmbeddedException with its last lines, if it has ended
   */
  public void awaitReady() {
    long begin = System.nanoTime();
    while (!isReady()) {
      process.requireAlive();
      if (System.nanoTime() - begin > START_TIMEOUT.toNanos()) {
        throw new IllegalStateException(process.name() + " does not get ready: " + log());
      }
      process.runFor(POLL_INTERVAL);
    }
  }

  /** Whether it serves the model now. */
  public boolean isReady() {
    if (!process.isAlive()) {
      return false;
    }
    try {
      return http.get("/v2/health/ready").isOk()
          && http.get("/v2/models/%s/versions/%d/ready".formatted(model.name(), model.version()))
              .isOk();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Serves this version instead of the former one, which may be newer or older. Where the server
   * runs, it does so when this returns; requests that the former version works at are answered by
   * it.
   */
  public void serve(RepositoryModel other) {
    if (!other.name().equals(model.name())) {
      throw new IllegalArgumentException("serves " + model.name() + ", not " + other.name());
    }
    model = other;
    if (process.isAlive()) {
      write();
      try {
        if (!http.post("/v2/repository/models/" + model.name() + "/load", "{}").isOk()) {
          throw new IllegalStateException(process.name() + " does not load: " + log());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The model that it serves, or is to serve when it starts. */
  public RepositoryModel model() {
    return model;
  }

  /** SIGTERM: it ends the requests that it has. Returns when it has ended. */
  public void stop() {
    process.stop();
    clear();
  }

  /** SIGKILL, of its child processes too: what a crash of the machine looks like. */
  public void kill() {
    List<ProcessHandle> children = process.handle().descendants().toList();
    process.kill();
    children.forEach(ProcessHandle::destroyForcibly);
    // Sockets and memory are free then; a zombie process has none.
    children.forEach(child -> child.onExit().completeOnTimeout(child, 5, SECONDS).join());
    clear();
  }

  /** SIGSTOP: connections stay open, nothing is answered. */
  public void suspend() {
    process.suspend();
  }

  /** SIGCONT. */
  public void resume() {
    process.resume();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public int grpcPort() {
    return ports.grpc();
  }

  /** {@code grpc://127.0.0.1:PORT}. */
  public String grpcUrl() {
    return "grpc://127.0.0.1:" + ports.grpc();
  }

  /** Where it writes what it says, from all its starts. */
  public Path log() {
    return directory.resolve(process.name() + ".log");
  }

  ServerHttpClient http() {
    return http;
  }

  JavaProcess process() {
    return process;
  }

  /** Kills it if it runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
    process.close();
    clear();
  }

  /** The beginning of the names of what it has in {@code /dev/shm}. */
  final String sharedMemoryPrefix() {
    return "stillstream-%d-%d-".formatted(ProcessHandle.current().pid(), ports.http());
  }

  private void write() {
    try {
      Files.createDirectories(directory);
      write(directory, ports, model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a killed Triton leaves in memory. */
  private void clear() {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(Path.of("/dev/shm"), sharedMemoryPrefix() + "*")) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path environment() {
    return ExternalTool.environment("inference-servers")
        .orElseThrow(() -> new IllegalStateException(ExternalTool.INFERENCE_SERVERS.missing()));
  }
}
