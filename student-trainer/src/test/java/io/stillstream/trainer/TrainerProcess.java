package io.stillstream.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The trainer's main in a process of its own, which can be killed. Its output goes to a file. */
final class TrainerProcess implements AutoCloseable {
  private final Process process;
  private final Path output;

  private TrainerProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static TrainerProcess start(Path config, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                TrainerMain.class.getName(),
                "--config",
                config.toString()));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    return new TrainerProcess(builder.start(), output);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void requireAlive() throws IOException {
    if (!isAlive()) {
      throw new AssertionError(
          "it ended with " + process.exitValue() + ": " + Files.readString(output));
    }
  }

  /** SIGKILL, and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, and waits for its end. */
  void stop() throws InterruptedException, IOException {
    process.toHandle().destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not stop: " + Files.readString(output));
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
