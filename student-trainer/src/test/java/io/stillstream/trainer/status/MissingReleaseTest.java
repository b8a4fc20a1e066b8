package io.stillstream.trainer.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.config.TrainerConfig.ReleaseSettings;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MissingReleaseTest {
  private static final String BEGIN = "there is no release yet: ";

  @Test
  void shouldTellHowFarTheTrainingIs() {
    assertThat(reason(status(40, 0, 0)))
        .isEqualTo(BEGIN + "step 40 of 100")
        .isEqualTo(reason(status(40, 0, 7)));
    assertThat(
            MissingRelease.reason(
                status(40, 0, 0),
                Input.LABELED_VIEWS,
                settings(Optional.of(Duration.ofMinutes(10)))))
        .isEqualTo(BEGIN + "step 40 of 100, or after 600 s of training");
    assertThat(reason(status(101, 0, 0)))
        .isEqualTo(BEGIN + "step 101; a release is being made, or was refused; see the log");
    assertThat(reason(status(100, 1, 0)))
        .isEqualTo(BEGIN + "release 1 cannot be loaded, or is being loaded; see the log");
  }

  @Test
  void shouldAskForTheServicesBeforeWhenNothingArrives() {
    assertThat(reason(status(0, 0, 0)))
        .isEqualTo(
            BEGIN
                + "no labelled view has arrived; do the augmenter and the labeler run, or are all dead letters?");
    assertThat(MissingRelease.reason(status(0, 0, 0), Input.VIEWS, settings(Optional.empty())))
        .isEqualTo(
            BEGIN + "no view has arrived; does the augmenter run, or are all images dead letters?");
    assertThat(reason(status(0, 0, 7))).isEqualTo(BEGIN + "7 views wait for the first step");
    assertThat(reason(TrainerStatus.INITIAL))
        .isEqualTo(BEGIN + "the trainer does not read its topic yet; GET /health/ready says why");
  }

  private static String reason(TrainerStatus status) {
    return MissingRelease.reason(status, Input.LABELED_VIEWS, settings(Optional.empty()));
  }

  private static TrainerStatus status(long steps, long version, long lag) {
    return new TrainerStatus(steps, 0, version, false, true, lag, lag);
  }

  private static ReleaseSettings settings(Optional<Duration> every) {
    return new ReleaseSettings(100, every, true, 1, null);
  }
}
