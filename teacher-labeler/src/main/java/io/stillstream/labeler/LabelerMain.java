package io.stillstream.labeler;

import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.service.ServiceMain;

/** Runs the labeler on its own: {@code java -jar teacher-labeler-service.jar --config FILE}. */
public final class LabelerMain {
  private LabelerMain() {}

  public static void main(String[] args) {
    ServiceMain.run(
        "teacher-labeler",
        args,
        LabelerConfig.class,
        LabelerConfig::management,
        LabelerConfig::metrics,
        LabelerService::new);
  }
}
