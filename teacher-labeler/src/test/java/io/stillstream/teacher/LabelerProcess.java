package io.stillstream.teacher;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;

/** The labeler in a JVM of its own, as in production, so that it can be killed. */
final class LabelerProcess {
  private LabelerProcess() {}

  static Process start(Path config) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath,
            LabelerMain.class.getName(),
            "--config",
            config.toString())
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(logFile(config).toFile()))
        .start();
  }

  /** What all processes with this configuration have printed. */
  static String log(Path config) throws IOException {
    return Files.readString(logFile(config));
  }

  private static Path logFile(Path config) {
    return Path.of(config + ".log");
  }
}
