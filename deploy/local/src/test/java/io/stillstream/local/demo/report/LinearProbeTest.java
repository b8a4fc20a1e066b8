package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearProbeTest {
  @Test
  void shouldTellClassesThatLieApart() {
    // given: three clusters in a plane, one on each axis and one at the origin
    LinearProbe probe = new LinearProbe(2, 3);
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      probe.add(example(i % 3, random), i % 3);
    }
    // when
    LinearProbe.Weights weights = probe.fit();
    // then
    for (int i = 0; i < 300; i++) {
      assertThat(weights.top(example(i % 3, random))).as("example %d", i).isEqualTo(i % 3);
    }
  }

  @Test
  void shouldSolveTheRidgeRegression() {
    // given: XᵀX is 2, 2; 2, 4 of the embeddings 1, 1, 0, 0 and the constant
    LinearProbe probe = new LinearProbe(1, 2);
    probe.add(new double[] {1}, 0);
    probe.add(new double[] {1}, 0);
    probe.add(new double[] {0}, 1);
    probe.add(new double[] {0}, 1);
    // when, then: the regression is x for class 0 and 1 − x for class 1; they meet at a half
    assertThat(probe.fit().top(new double[] {0.51})).isZero();
    assertThat(probe.fit().top(new double[] {0.49})).isEqualTo(1);
  }

  @Test
  void shouldAnswerWhereADimensionNeverVaries() {
    // given: without the ridge there would be no solution
    LinearProbe probe = new LinearProbe(2, 2);
    probe.add(new double[] {0, 3}, 0);
    probe.add(new double[] {0, -3}, 1);
    // when, then
    assertThat(probe.fit().top(new double[] {0, 2})).isZero();
    assertThat(probe.fit().top(new double[] {0, -2})).isEqualTo(1);
  }

  private static double[] example(int cluster, Random random) {
    double[] example = {random.nextDouble() - 0.5, random.nextDouble() - 0.5};
    if (cluster > 0) {
      example[cluster - 1] += 4;
    }
    return example;
  }
}
