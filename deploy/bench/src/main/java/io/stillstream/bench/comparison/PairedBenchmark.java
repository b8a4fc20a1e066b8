package io.stillstream.bench.comparison;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row before it is measured: two sides that take turns.
 *
 * @param name name of the row
 * @param target what the ratio of the rates, ours to the other's, is held against; empty for a row
 *     that only informs
 * @param ours our side
 * @param other the side it is compared with
 */
public record PairedBenchmark(
    String name, Optional<RatioTarget> target, Workload ours, Workload other) {

  /**
   * Measures: one turn of each to warm up, which does not count, then as many rounds as asked for,
   * ours and the other's turn in each.
   */
  public BenchmarkResult measure(Duration turn, int rounds) {
    ours.run(turn);
    other.run(turn);
    List<BenchmarkResult.Round> measured = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      WorkloadResult first = ours.run(turn);
      measured.add(
          new BenchmarkResult.Round(
              first.imagesPerCpuSecond(), other.run(turn).imagesPerCpuSecond()));
    }
    return new BenchmarkResult(name, target, measured);
  }
}
