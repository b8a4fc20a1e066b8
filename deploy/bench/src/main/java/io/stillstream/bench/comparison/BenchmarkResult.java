package io.stillstream.bench.comparison;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A row after it was measured.
 *
 * @param rounds at least one, in order
 */
public record BenchmarkResult(String name, Optional<RatioTarget> target, List<Round> rounds) {

  /**
   * Two turns, one after the other.
   *
   * @param ours images per second, of processor time where the row does not say otherwise
   * @param other the other workload's
   */
  record Round(double ours, double other) {
    double ratio() {
      return ours / other;
    }
  }

  /** Copies the rounds. */
  public BenchmarkResult {
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("a row needs at least one round");
    }
  }

  /** Median of our rates. */
  public double ours() {
    return median(Round::ours);
  }

  /** Median of the other workload's rates. */
  public double other() {
    return median(Round::other);
  }

  /**
   * Median of the rounds' ratios; not the ratio of the medians, since the two turns of a round
   * share the state of the machine and two rounds do not.
   */
  public double ratio() {
    return median(Round::ratio);
  }

  /** Ratios of all rounds, in order. */
  public List<Double> ratios() {
    return rounds.stream().map(Round::ratio).toList();
  }

  public double lowestRatio() {
    return rounds.stream().mapToDouble(Round::ratio).min().orElseThrow();
  }

  public double highestRatio() {
    return rounds.stream().mapToDouble(Round::ratio).max().orElseThrow();
  }

  /** Whether the target is met; empty where there is none. */
  public Optional<Boolean> met() {
    return target.map(t -> t.isMetBy(ratio()));
  }

  private double median(ToDoubleFunction<Round> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
