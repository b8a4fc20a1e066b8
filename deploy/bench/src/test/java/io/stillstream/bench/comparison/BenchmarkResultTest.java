package io.stillstream.bench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.bench.comparison.BenchmarkResult.Round;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BenchmarkResultTest {

  @Test
  void shouldTakeTheMedianOfTheRatiosAndNotTheRatioOfTheMedians() {
    // given: a machine that slows down from round to round
    List<Round> rounds = List.of(new Round(90, 60), new Round(40, 20), new Round(20, 5));

    // when
    BenchmarkResult result =
        new BenchmarkResult("row", Optional.of(RatioTarget.atLeast(1.9)), rounds);

    // then
    assertThat(result.ratio()).isEqualTo(2);
    assertThat(result.ours()).isEqualTo(40);
    assertThat(result.other()).isEqualTo(20);
    assertThat(result.ratios()).containsExactly(1.5, 2.0, 4.0);
    assertThat(result.lowestRatio()).isEqualTo(1.5);
    assertThat(result.highestRatio()).isEqualTo(4);
    assertThat(result.met()).contains(true);
  }

  @Test
  void shouldTakeTheMiddleOfTwoWhereRoundsAreEven() {
    // given
    List<Round> rounds =
        List.of(new Round(4, 1), new Round(1, 1), new Round(2, 1), new Round(9, 1));

    // when
    BenchmarkResult result = new BenchmarkResult("row", Optional.empty(), rounds);

    // then
    assertThat(result.ratio()).isEqualTo(3);
    assertThat(result.met()).isEmpty();
  }

  @Test
  void shouldHoldARatioAgainstEitherKindOfTarget() {
    assertThat(RatioTarget.atLeast(1.3).isMetBy(1.3)).isTrue();
    assertThat(RatioTarget.atLeast(1.3).isMetBy(1.29)).isFalse();
    assertThat(RatioTarget.atMost(1.7).isMetBy(1.7)).isTrue();
    assertThat(RatioTarget.atMost(1.7).isMetBy(1.71)).isFalse();
  }

  @Test
  void shouldRefuseWhatMeasuredNothing() {
    assertThatThrownBy(() -> new BenchmarkResult("row", Optional.empty(), List.of()))
        .hasMessageContaining("at least one round");
    assertThatThrownBy(() -> new WorkloadResult(0, 5, 5)).hasMessageContaining("0 images");
  }
}
