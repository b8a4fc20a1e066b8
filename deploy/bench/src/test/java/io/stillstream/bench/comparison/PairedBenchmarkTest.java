package io.stillstream.bench.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PairedBenchmarkTest {

  @Test
  void shouldTakeTurnsAndNotCountTheFirst() {
    // given: our first turn is slow
    List<String> turns = new ArrayList<>();
    Workload ours =
        time -> {
          turns.add("ours " + time.toMillis());
          return new WorkloadResult(turns.size() == 1 ? 1 : 30, 1_000_000_000);
        };
    Workload other =
        time -> {
          turns.add("other " + time.toMillis());
          return new WorkloadResult(10, 1_000_000_000);
        };

    // when
    BenchmarkResult outcome =
        new PairedBenchmark("row", Optional.empty(), ours, other).measure(Duration.ofMillis(7), 2);

    // then
    assertThat(turns)
        .containsExactly("ours 7", "other 7", "ours 7", "other 7", "ours 7", "other 7");
    assertThat(outcome.ratios()).containsExactly(3.0, 3.0);
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
}
