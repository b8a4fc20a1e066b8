package io.stillstream.trainer.status;

import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.config.TrainerConfig.ReleaseSettings;

/** Says why there is no release to predict with, as far as the training loop's state tells. */
public final class MissingRelease {
  private MissingRelease() {}

  /** One line that says why a trainer with these settings has no release. */
  public static String reason(TrainerStatus status, TrainerConfig config) {
    return reason(status, config.input(), config.release());
  }

  /**
   * One line that begins with "there is no release yet".
   *
   * @param status as the loop last published it
   * @param input what the trainer learns from: only labelled views need a labeler
   */
  static String reason(TrainerStatus status, Input input, ReleaseSettings settings) {
    return "there is no release yet: " + state(status, input, settings);
  }

  private static String state(TrainerStatus status, Input input, ReleaseSettings settings) {
    if (status.releaseVersion() > 0) {
      return "release %d cannot be loaded, or is being loaded; see the log"
          .formatted(status.releaseVersion());
    }
    if (!status.reading() && status.steps() == 0) {
      return "the trainer does not read its topic yet; GET /health/ready says why";
    }
    if (status.steps() >= settings.everySteps()) {
      return "step %d; a release is being made, or was refused; see the log"
          .formatted(status.steps());
    }
    if (status.steps() > 0) {
      return "step %d of %d".formatted(status.steps(), settings.everySteps())
          + settings
              .every()
              .map(time -> ", or after %d s of training".formatted(time.toSeconds()))
              .orElse("");
    }
    if (status.lag() > 0) {
      return "%d views wait for the first step".formatted(status.lag());
    }
    return input == Input.VIEWS
        ? "no view has arrived; does the augmenter run, or are all images dead letters?"
        : "no labelled view has arrived; do the augmenter and the labeler run, or are all dead letters?";
  }
}
