package io.stillstream.labeler;

import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The labeler in a JVM of its own, as in production, so that it can be killed. */
final class LabelerProcess {
  private LabelerProcess() {}

  static JavaProcess start(Path config, String... options) {
    return start(config, LabelerMain.class, options);
  }

  /** The same with another main class, whose arguments are {@code --config FILE}. */
  static JavaProcess start(Path config, Class<?> main, String... options) {
    return start(config, main, Map.of(), options);
  }

  /** The same with more in its environment. */
  static JavaProcess start(
      Path config, Class<?> main, Map<String, String> environment, String... options) {
    List<String> all = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    all.addAll(List.of(options));
    JavaProcess process =
        JavaProcess.ofMain(
            "labeler", Path.of(config + ".log"), all, main, List.of("--config", config.toString()));
    process.start(environment);
    return process;
  }
}
