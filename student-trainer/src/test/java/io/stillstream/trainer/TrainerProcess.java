package io.stillstream.trainer;

import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Path;
import java.util.List;

/** The trainer's main in a process of its own, which can be killed. */
final class TrainerProcess {
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx300m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dai.djl.offline=true",
          "-Dai.djl.pytorch.graph_optimizer=false");

  private TrainerProcess() {}

  static JavaProcess start(Path config, Path output) {
    List<String> arguments = List.of("--config", config.toString());
    JavaProcess process =
        JavaProcess.ofMain("trainer", output, OPTIONS, TrainerMain.class, arguments);
    process.start();
    return process;
  }
}
