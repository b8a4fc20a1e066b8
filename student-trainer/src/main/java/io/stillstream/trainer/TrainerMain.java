package io.stillstream.trainer;

import io.stillstream.runtime.service.ServiceMain;
import io.stillstream.trainer.config.TrainerConfig;

/** Runs the trainer as a process of its own. */
public final class TrainerMain {
  private TrainerMain() {}

  public static void main(String[] args) {
    ServiceMain.run(
        "student-trainer",
        args,
        TrainerConfig.class,
        TrainerConfig::management,
        TrainerConfig::metrics,
        TrainerService::new);
  }
}
