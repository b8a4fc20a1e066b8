package io.stillstream.augmenter.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GammaSamplerTest {
  private static final int DRAWS = 200_000;

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 2.5, 30})
  void shouldHaveTheMomentsOfTheGammaDistribution(double shape) {
    // given
    RandomStream random = RandomStream.of(1);

    // when
    double[] draws = draws(() -> Math.exp(GammaSampler.logGamma(random, shape)));

    // then: mean and variance are both the shape; third central moment twice the shape
    assertThat(mean(draws)).isCloseTo(shape, within(0.01 * Math.max(1, shape)));
    assertThat(central(draws, 2)).isCloseTo(shape, within(0.03 * Math.max(1, shape)));
    assertThat(central(draws, 3)).isCloseTo(2 * shape, within(0.15 * Math.max(1, 2 * shape)));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0.1", "0.5, 2", "1, 1", "8, 3"})
  void shouldHaveTheMomentsOfTheBetaDistribution(double a, double b) {
    // given
    RandomStream random = RandomStream.of(2);

    // when
    double[] draws = draws(() -> GammaSampler.beta(random, a, b));

    // then
    double sum = a + b;
    assertThat(mean(draws)).isCloseTo(a / sum, within(0.004));
    assertThat(central(draws, 2)).isCloseTo(a * b / (sum * sum * (sum + 1)), within(0.002));
    assertThat(Arrays.stream(draws)).allMatch(draw -> draw >= 0 && draw <= 1);
  }

  @Test
  void shouldBeUniformWhereBothParametersAre1() {
    // given
    RandomStream random = RandomStream.of(3);

    // when
    int[] tenths = new int[10];
    Arrays.stream(draws(() -> GammaSampler.beta(random, 1, 1)))
        .forEach(draw -> tenths[(int) (draw * 10)]++);

    // then
    for (int count : tenths) {
      assertThat(count).isCloseTo(DRAWS / 10, within(DRAWS / 200));
    }
  }

  @Test
  void shouldShareAmongSeveral() {
    // given: marginals of a symmetric Dirichlet are Beta(α, (n − 1)·α)
    RandomStream random = RandomStream.of(4);
    double[][] columns = new double[3][DRAWS];

    // when
    for (int i = 0; i < DRAWS; i++) {
      double[] shares = GammaSampler.dirichlet(random, 0.7, 3);
      assertThat(DoubleStream.of(shares).sum()).isCloseTo(1, within(1e-12));
      for (int k = 0; k < 3; k++) {
        columns[k][i] = shares[k];
      }
    }

    // then
    for (double[] column : columns) {
      assertThat(mean(column)).isCloseTo(1.0 / 3, within(0.004));
      assertThat(central(column, 2)).isCloseTo(2.0 / 9 / 3.1, within(0.002));
    }
  }

  @Test
  void shouldReturnFiniteSharesIfTheyAreTiny() {
    // given
    RandomStream random = RandomStream.of(5);

    // when
    double[] draws = draws(() -> GammaSampler.beta(random, 0.001, 0.001));

    // then
    assertThat(Arrays.stream(draws)).allMatch(draw -> draw >= 0 && draw <= 1);
    assertThat(mean(draws)).isCloseTo(0.5, within(0.01));
  }

  @Test
  void shouldKeepTheValuesOfEarlierVersions() {
    // given
    RandomStream random = RandomStream.of(6);

    // then: recipes rest on these bits
    assertThat(GammaSampler.beta(random, 0.4, 0.4)).isEqualTo(0.2464061395232637);
    assertThat(GammaSampler.dirichlet(random, 1, 3))
        .containsExactly(0.21594970023630025, 0.39601974026102077, 0.38803055950267906);
  }

  private static double[] draws(DoubleSupplier draw) {
    return DoubleStream.generate(draw).limit(DRAWS).toArray();
  }

  private static double mean(double[] draws) {
    return Arrays.stream(draws).average().orElseThrow();
  }

  private static double central(double[] draws, int power) {
    double mean = mean(draws);
    return Arrays.stream(draws).map(draw -> Math.pow(draw - mean, power)).average().orElseThrow();
  }
}
