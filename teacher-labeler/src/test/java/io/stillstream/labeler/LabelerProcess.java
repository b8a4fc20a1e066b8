package io.stillstream.labeler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The labeler in a JVM of its own, as in production, so that it can be killed. */
final class LabelerProcess {
  private LabelerProcess() {}

  static Process start(Path config, String... options) throws IOException {
    return start(config, LabelerMain.class, options);
  }

  /** The same with another main class, whose arguments are {@code --config FILE}. */
  static Process start(Path config, Class<?> main, String... options) throws IOException {
    return start(config, main, Map.of(), options);
  }

  /** The same with more in its environment. */
  static Process start(
      Path config, Class<?> main, Map<String, String> environment, String... options)
      throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, main.getName(), "--config", config.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(logFile(config).toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** What all processes with this configuration have printed. */
  static String log(Path config) {
    try {
      return Files.readString(logFile(config));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path logFile(Path config) {
    return Path.of(config + ".log");
  }
}
