package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The real main in a process of its own. */
final class AugmenterProcess {
  private AugmenterProcess() {}

  /** Starts one; what it prints is added to its log. */
  static Process start(Path config) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            AugmenterMain.class.getName(),
            "--config",
            config.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(config).toFile()))
        .start();
  }

  /** What the processes with this configuration printed. */
  static Path log(Path config) {
    return config.resolveSibling("process.log");
  }

  /** Kills it, as kill −9 does. */
  static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }
}
