package io.stillstream.bench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PairedTimedBenchmarkTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void shouldMeasureByBothClocksAndNotCountTheFirstTurns() {
    // given: ours is sooner done, with more of the machine; our first turn is slow
    List<String> turns = new ArrayList<>();
    TimedWorkload ours =
        time -> {
          turns.add("ours " + time.toMillis());
          return new TimedWorkloadResult(turns.size() == 1 ? 1 : 60, 3 * SECOND, SECOND);
        };
    TimedWorkload other =
        time -> {
          turns.add("other " + time.toMillis());
          return new TimedWorkloadResult(30, SECOND, SECOND);
        };

    // when
    List<BenchmarkResult> outcomes =
        new PairedTimedBenchmark("row", Optional.of(RatioTarget.atLeast(0.85)), ours, other)
            .measure(Duration.ofMillis(7), 2);

    // then
    assertThat(turns)
        .containsExactly("ours 7", "other 7", "ours 7", "other 7", "ours 7", "other 7");
    assertThat(outcomes).extracting(BenchmarkResult::name).containsExactly("row", "row-cpu");
    assertThat(outcomes.get(0).ratios()).containsExactly(2.0, 2.0);
    assertThat(outcomes.get(0).met()).contains(true);
    assertThat(outcomes.get(1).ours()).isEqualTo(20);
    assertThat(outcomes.get(1).ratio()).isEqualTo(20.0 / 30);
    assertThat(outcomes.get(1).met()).isEmpty();
  }

  @Test
  void shouldRefuseATurnThatMeasuredNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TimedWorkloadResult(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new TimedWorkloadResult(1, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new TimedWorkloadResult(1, 1, 0));
  }
}
