package io.stillstream.bench.comparison;

import io.stillstream.bench.comparison.BenchmarkResult.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Two workloads that take turns.
 *
 * @param name name of the row
 * @param target of the ratio of the rates, ours to the other's; empty for information only
 */
public record PairedBenchmark(
    String name, Optional<RatioTarget> target, Workload ours, Workload other) {

  private record Turns(WorkloadResult ours, WorkloadResult other) {
    Round round(ToDoubleFunction<WorkloadResult> rate) {
      return new Round(rate.applyAsDouble(ours), rate.applyAsDouble(other));
    }
  }

  /**
   * Measures by processor time: where each workload is one thread, other load changes it little.
   */
  public BenchmarkResult measure(Duration turn, int rounds) {
    return result(name, target, turns(turn, rounds), WorkloadResult::perCpuSecond);
  }

  /**
   * Measures by both clocks, which both matter where a workload may use several threads: how soon
   * it is done, and how much of the machine it takes.
   *
   * @return images per second, held against the target; then images per second of processor time,
   *     called so with {@code -cpu} behind it
   */
  public List<BenchmarkResult> measureByBothClocks(Duration turn, int rounds) {
    List<Turns> turns = turns(turn, rounds);
    return List.of(
        result(name, target, turns, WorkloadResult::perSecond),
        result(name + "-cpu", Optional.empty(), turns, WorkloadResult::perCpuSecond));
  }

  /** One turn of each to warm up, which does not count, then as many rounds as asked for. */
  private List<Turns> turns(Duration turn, int rounds) {
    ours.run(turn);
    other.run(turn);
    List<Turns> turns = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      WorkloadResult first = ours.run(turn);
      turns.add(new Turns(first, other.run(turn)));
    }
    return turns;
  }

  private static BenchmarkResult result(
      String name,
      Optional<RatioTarget> target,
      List<Turns> turns,
      ToDoubleFunction<WorkloadResult> rate) {
    return new BenchmarkResult(name, target, turns.stream().map(t -> t.round(rate)).toList());
  }
}
