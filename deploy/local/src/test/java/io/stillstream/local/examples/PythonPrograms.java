package io.stillstream.local.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the commands of {@code deploy/examples/python/README.md} in a directory of their own. */
final class PythonPrograms {
  static final Path DIRECTORY = Path.of("../examples/python").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Path directory;
  private final Map<String, String> environment;

  private PythonPrograms(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  /** Which packages there are. */
  enum Packages {
    /** With PyTorch, without ONNX Runtime. */
    DEBIAN,
    /** With ONNX Runtime, without PyTorch. */
    PYPI;

    /** Where its {@code python3} is. */
    private Path programs() {
      return this == DEBIAN
          ? ExternalTool.pythonWith("avro", "confluent_kafka", "cv2", "torch", "yaml")
              .orElseThrow()
              .getParent()
          : ExternalTool.environment("python-examples").orElseThrow().resolve("bin");
    }
  }

  /**
   * Programs that run in this directory.
   *
   * @param clients settings of Java clients
   */
  static PythonPrograms in(Path directory, Packages packages, Map<String, String> clients) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", packages.programs() + ":" + System.getenv("PATH"));
    environment.put("PYTHONPATH", DIRECTORY.toString());
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    environment.put("KAFKA_BOOTSTRAP_SERVERS", clients.get("bootstrap.servers"));
    environment.put("SCHEMA_REGISTRY_URL", clients.get("schema.registry.url"));
    environment.put("PREDICT_ADDRESS", "127.0.0.1:0");
    return new PythonPrograms(directory, environment);
  }

  /** The same with one more variable. */
  PythonPrograms with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new PythonPrograms(directory, more);
  }

  /** Starts a command of a shell, in which {@code deploy/examples/python/} is where it is. */
  JavaProcess start(String command) throws IOException {
    Path logs = Files.createDirectories(Path.of("target/logs").toAbsolutePath());
    JavaProcess process =
        new JavaProcess(
            command,
            List.of("bash", "-c", "cd '%s' && exec %s".formatted(directory, located(command))),
            Files.createTempFile(logs, "python", ".log"));
    process.start(environment);
    return process;
  }

  /** Runs a command to its end, which must be a good one, and returns what it printed. */
  List<String> run(String command) throws IOException {
    return run(command, 0);
  }

  /** Runs a command that ends with this code. */
  List<String> run(String command, int code) throws IOException {
    try (JavaProcess process = start(command)) {
      int ended = process.awaitEnd(PATIENCE);
      assertThat(ended).as("%s: %s", command, process.lines()).isEqualTo(code);
      return printed(process);
    }
  }

  /** The lines that a program has printed, without what librdkafka says of its connections. */
  static List<String> printed(JavaProcess process) {
    return process.lines().stream().filter(line -> !line.matches("%\\d\\|.*")).toList();
  }

  private static String located(String command) {
    return command.replace("deploy/examples/python/", DIRECTORY + "/");
  }
}
