package io.stillstream.bench.load.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TheilSenEstimatorTest {
  private final double[] x = IntStream.range(0, 100).mapToDouble(i -> i).toArray();

  @Test
  void shouldFindTheSlopeBelowOutliers() {
    // given: a slow leak, and every seventh sample during a collection
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = 1000 + 0.5 * i + (i % 7 == 3 ? 400 : 0);
    }

    // when
    double slope = TheilSenEstimator.slope(x, y);

    // then
    assertThat(slope).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void shouldFindNoSlopeInASawtooth() {
    // given
    double[] y = IntStream.range(0, 100).mapToDouble(i -> i % 10).toArray();

    // when
    double slope = TheilSenEstimator.slope(x, y);

    // then
    assertThat(slope).isCloseTo(0, within(0.01));
  }

  @Test
  void shouldSayNothingOfOnePoint() {
    assertThat(TheilSenEstimator.slope(new double[] {1}, new double[] {1})).isNaN();
  }
}
