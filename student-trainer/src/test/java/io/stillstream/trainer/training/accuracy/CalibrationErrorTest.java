package io.stillstream.trainer.training.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationErrorTest {
  private final CalibrationError calibration = new CalibrationError();

  @Test
  void shouldKnowNothingWithoutPredictions() {
    calibration.add(Double.NaN, true);
    assertThat(calibration.error()).isEmpty();
  }

  @Test
  void shouldWeighBinsByTheirShare() {
    // when: three with 0.9, of which one is right; one with 0.5 that is right
    calibration.add(0.9, true);
    calibration.add(0.9, false);
    calibration.add(0.9, false);
    calibration.add(0.5, true);

    // then
    double expected = 3.0 / 4 * (0.9 - 1.0 / 3) + 1.0 / 4 * (1 - 0.5);
    assertThat(calibration.error().orElseThrow()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void shouldFindHonestConfidencesCalibrated() {
    // given
    Random random = new Random(1);

    // when
    for (int i = 0; i < 100_000; i++) {
      double confidence = 0.1 + 0.9 * random.nextDouble();
      calibration.add(confidence, random.nextDouble() < confidence);
    }

    // then
    assertThat(calibration.error().orElseThrow()).isLessThan(0.01);
  }

  @Test
  void shouldNotMixWhatABorderParts() {
    // when: 1/15 is in the first bin, a little more in the second
    calibration.add(1.0 / 15, false);
    calibration.add(1.0 / 15 + 1e-9, true);

    // then
    assertThat(calibration.error().orElseThrow())
        .isCloseTo((1.0 / 15 + 1 - 1.0 / 15) / 2, within(1e-6));
  }
}
