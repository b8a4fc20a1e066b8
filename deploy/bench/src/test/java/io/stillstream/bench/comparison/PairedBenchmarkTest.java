package io.stillstream.bench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PairedBenchmarkTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void shouldTakeTurnsAndNotCountTheFirst() {
    // given: our first turn is slow
    List<String> turns = new ArrayList<>();
    Workload ours =
        time -> {
          turns.add("ours " + time.toMillis());
          return new WorkloadResult(turns.size() == 1 ? 1 : 30, SECOND, SECOND);
        };
    Workload other =
        time -> {
          turns.add("other " + time.toMillis());
          return new WorkloadResult(10, SECOND, SECOND);
        };

    // when
    BenchmarkResult result =
        new PairedBenchmark("row", Optional.empty(), ours, other).measure(Duration.ofMillis(7), 2);

    // then
    assertThat(turns)
        .containsExactly("ours 7", "other 7", "ours 7", "other 7", "ours 7", "other 7");
    assertThat(result.ratios()).containsExactly(3.0, 3.0);
  }

  @Test
  void shouldGoRoundItsInputsAndMeasureItsOwnThread() {
    // given
    List<String> seen = new ArrayList<>();
    JavaWorkload<String> side =
        new JavaWorkload<>(
            List.of("a", "b"),
            (input, number) -> {
              seen.add(input + number);
              return 1;
            });

    // when
    WorkloadResult work = side.run(Duration.ofMillis(1));
    int done = seen.size();
    side.run(Duration.ZERO);

    // then
    assertThat(work.images()).isEqualTo(done);
    assertThat(seen.get(0)).isEqualTo("a0");
    assertThat(seen.get(done)).isEqualTo((done % 2 == 0 ? "a" : "b") + done);
    assertThat(side.checksum()).isEqualTo(done + 1);
  }

  @Test
  void shouldMeasureByBothClocksAndNotCountTheFirstTurns() {
    // given: ours is sooner done, with more of the machine; our first turn is slow
    List<String> turns = new ArrayList<>();
    Workload ours =
        time -> {
          turns.add("ours " + time.toMillis());
          return new WorkloadResult(turns.size() == 1 ? 1 : 60, 3 * SECOND, SECOND);
        };
    Workload other =
        time -> {
          turns.add("other " + time.toMillis());
          return new WorkloadResult(30, SECOND, SECOND);
        };

    // when
    List<BenchmarkResult> results =
        new PairedBenchmark("row", Optional.of(RatioTarget.atLeast(0.85)), ours, other)
            .measureByBothClocks(Duration.ofMillis(7), 2);

    // then
    assertThat(turns)
        .containsExactly("ours 7", "other 7", "ours 7", "other 7", "ours 7", "other 7");
    assertThat(results).extracting(BenchmarkResult::name).containsExactly("row", "row-cpu");
    assertThat(results.get(0).ratios()).containsExactly(2.0, 2.0);
    assertThat(results.get(0).met()).contains(true);
    assertThat(results.get(1).ours()).isEqualTo(20);
    assertThat(results.get(1).ratio()).isEqualTo(20.0 / 30);
    assertThat(results.get(1).met()).isEmpty();
  }

  @Test
  void shouldRefuseATurnThatMeasuredNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> new WorkloadResult(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new WorkloadResult(1, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new WorkloadResult(1, 1, 0));
  }
}
