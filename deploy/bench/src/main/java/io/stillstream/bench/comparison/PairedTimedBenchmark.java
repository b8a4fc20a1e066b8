package io.stillstream.bench.comparison;

import io.stillstream.bench.comparison.BenchmarkResult.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row before it is measured: two sides that take turns, each of which may use several threads. So
 * both clocks matter: how soon it is done, and what of the machine it takes.
 *
 * @param name name of the row; the one by processor time is called so with {@code -cpu} behind it
 * @param target what the ratio by the wall's clock is held against; empty for information only
 */
public record PairedTimedBenchmark(
    String name, Optional<RatioTarget> target, TimedWorkload ours, TimedWorkload other) {

  /**
   * Measures: one turn of each to warm up, which does not count, then as many rounds as asked for.
   *
   * @return images per second, then images per second of processor time
   */
  public List<BenchmarkResult> measure(Duration turn, int rounds) {
    ours.run(turn);
    other.run(turn);
    List<Round> wall = new ArrayList<>();
    List<Round> cpu = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      TimedWorkloadResult first = ours.run(turn);
      TimedWorkloadResult second = other.run(turn);
      wall.add(new Round(first.perSecond(), second.perSecond()));
      cpu.add(new Round(first.perCpuSecond(), second.perCpuSecond()));
    }
    return List.of(
        new BenchmarkResult(name, target, wall),
        new BenchmarkResult(name + "-cpu", Optional.empty(), cpu));
  }
}
