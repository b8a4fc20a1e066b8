package io.stillstream.local.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the commands of a text in a clone of this project, as a reader would, and compares the form
 * of what they print. The clone is a folder of links to this one, with what the build has made.
 * Ports of the text are replaced by free ones, so that it runs beside anything.
 */
final class DocumentRunner implements AutoCloseable {
  static final Path HOME = Path.of("../..").toAbsolutePath().normalize();

  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Pattern BROKER =
      Pattern.compile("kafka +127.0.0.1:(\\d+)\\s+registry +http://127.0.0.1:(\\d+)");
  private static final Pattern MANAGEMENT = Pattern.compile("management: \\{port: (\\d+)}");
  private static final Pattern CONFIG = Pattern.compile("--config (\\S+)");
  private static final Pattern LISTENING = Pattern.compile("listening on http://(\\S+)");
  private static final String PREDICT_ADDRESS = "127.0.0.1:8000";
  private static final List<String> SERVERS =
      List.of("localhost:9092", "localhost:8081", PREDICT_ADDRESS);

  private final Path directory;
  private final Path clone;
  private final Map<String, String> replacements;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Deque<JavaProcess> terminals = new ArrayDeque<>();

  /** What the text says, and what stands for it here. */
  private final Map<String, String> addresses = new LinkedHashMap<>();

  /** The management port that the text gives to the service of a settings file. */
  private final Map<String, String> ports = new LinkedHashMap<>();

  /**
   * @param directory an empty one; the clone is {@code stillstream} in it
   * @param replacements what else is replaced in commands
   */
  DocumentRunner(Path directory, Map<String, String> replacements) throws IOException {
    this.directory = directory;
    this.replacements = Map.copyOf(replacements);
    this.clone = Files.createDirectories(directory.resolve("stillstream"));
    try (Stream<Path> entries = Files.list(HOME)) {
      for (Path entry : entries.toList()) {
        Files.createSymbolicLink(clone.resolve(entry.getFileName()), entry);
      }
    }
    // This build has just made it, and the script must not build it again beside this build.
    Files.setLastModifiedTime(
        HOME.resolve("deploy/local/target/stillstream.jar"), FileTime.from(Instant.now()));
  }

  /** Has a program of this name run this one. */
  void install(String name, Path program) throws IOException {
    // Not a link: an interpreter finds its packages by the place that it was started from.
    Path started = Files.createDirectories(directory.resolve("bin")).resolve(name);
    Files.writeString(started, "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(program));
    assertThat(started.toFile().setExecutable(true)).isTrue();
  }

  /** Runs all; those that run on must print what the text says, and are left running. */
  void runAll(List<DocumentedStep> steps) throws IOException {
    for (DocumentedStep step : steps) {
      if (step.runsOn()) {
        runOn(step);
      } else {
        run(step);
      }
    }
    terminals.forEach(JavaProcess::requireAlive);
  }

  /**
   * The output is compared until it is what the text says, for what a service knows a moment later
   * than it shows something else. So it is run again only where that changes nothing.
   */
  private void run(DocumentedStep step) throws IOException {
    String printed = printed(step);
    if (step.repeatable()) {
      Instant end = Instant.now().plus(PATIENCE);
      while (!step.missingIn(printed).isEmpty() && Instant.now().isBefore(end)) {
        printed = printed(step);
      }
    }
    assertThat(step.missingIn(printed)).as("printed by%n%s%n%s", step.command(), printed).isEmpty();
    for (String file : step.command().split("cat > ", -1)) {
      Matcher port = MANAGEMENT.matcher(file);
      if (port.find()) {
        ports.put(file.substring(0, file.indexOf(' ')), port.group(1));
      }
    }
  }

  private String printed(DocumentedStep step) throws IOException {
    try (JavaProcess process = bash(step.command())) {
      try {
        int code = process.awaitEnd(PATIENCE);
        assertThat(code).as("exit code of%n%s%n%s", step.command(), process.output()).isZero();
        return process.output();
      } finally {
        // Where it does not end in time: what it has started would outlive it.
        process.handle().descendants().forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  private void runOn(DocumentedStep step) throws IOException {
    JavaProcess process = bash("exec " + step.command());
    terminals.push(process);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              process.requireAlive();
              return step.missingIn(process.output()).isEmpty();
            });
    Matcher config = CONFIG.matcher(step.command());
    Matcher broker = BROKER.matcher(process.output());
    Matcher listening = LISTENING.matcher(process.output());
    if (config.find()) {
      ServiceProcess service = new ServiceProcess(process, http, OptionalInt.empty());
      await().atMost(PATIENCE).until(() -> service.port().isPresent());
      addresses.put(
          "localhost:" + ports.get(config.group(1)), "localhost:" + service.port().getAsInt());
    } else if (broker.find()) {
      addresses.put(SERVERS.get(0), "localhost:" + broker.group(1));
      addresses.put(SERVERS.get(1), "localhost:" + broker.group(2));
    } else if (listening.find()) {
      addresses.put(PREDICT_ADDRESS, listening.group(1));
    }
  }

  private JavaProcess bash(String command) throws IOException {
    Path log = Files.createTempFile(directory, "step", ".log");
    List<String> line =
        List.of("bash", "-c", "set -e; cd '" + clone + "'\n" + withOtherPorts(command));
    JavaProcess process = new JavaProcess("documented", line, log);
    process.start(
        Map.of(
            "PATH",
            directory.resolve("bin") + ":" + System.getenv("PATH"),
            "PREDICT_ADDRESS",
            "127.0.0.1:0"));
    return process;
  }

  private String withOtherPorts(String command) {
    String changed =
        MANAGEMENT
            .matcher(command)
            .replaceAll("management: {port: 0}")
            .replace("stillstream broker", "stillstream broker --kafka-port 0 --registry-port 0")
            .replace(
                "stillstream demo",
                "stillstream demo --kafka-port 0 --registry-port 0 --management-port 0");
    for (Map<String, String> known : List.of(addresses, replacements)) {
      for (Map.Entry<String, String> entry : known.entrySet()) {
        changed = changed.replace(entry.getKey(), entry.getValue());
      }
    }
    assertThat(Stream.concat(SERVERS.stream(), ports.values().stream().map("localhost:"::concat)))
        .as("ports of the text in%n%s", changed)
        .noneMatch(changed::contains);
    return changed;
  }

  /** Stops what runs, and removes the links. */
  @Override
  public void close() throws IOException {
    terminals.forEach(JavaProcess::stop);
    try (Stream<Path> links = Files.list(clone)) {
      for (Path link : links.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }
}
