package io.stillstream.augmenter;

import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Path;
import java.util.List;

/** The real main in a process of its own. */
final class AugmenterProcess {
  private AugmenterProcess() {}

  /** Starts one, whose log is beside its settings. */
  static JavaProcess start(Path config) {
    JavaProcess process =
        JavaProcess.ofMain(
            "augmenter",
            config.resolveSibling("process.log"),
            List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"),
            AugmenterMain.class,
            List.of("--config", config.toString()));
    process.start();
    return process;
  }
}
