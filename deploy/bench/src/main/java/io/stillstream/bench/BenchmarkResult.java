package io.stillstream.bench;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A row after it was measured.
 *
 * @param rounds at least one, in order
 */
record BenchmarkResult(String name, Optional<RatioTarget> target, List<Round> rounds) {

  /**
   * Two turns, one after the other.
   *
   * @param ours images per second, of processor time where the row does not say otherwise
   * @param other the same of the other side
   */
  record Round(double ours, double other) {
    double ratio() {
      return ours / other;
    }
  }

  /** Copies the rounds. */
  BenchmarkResult {
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("a row needs at least one round");
    }
  }

  /** Median of our rates. */
  double ours() {
    return median(Round::ours);
  }

  /** Median of the other side's rates. */
  double other() {
    return median(Round::other);
  }

  /**
   * Median of the rounds' ratios; not the ratio of the medians, since the two turns of a round
   * share the state of the machine and two rounds do not.
   */
  double ratio() {
    return median(Round::ratio);
  }

  /** Ratios of all rounds, in order. */
  List<Double> ratios() {
    return rounds.stream().map(Round::ratio).toList();
  }

  double lowestRatio() {
    return rounds.stream().mapToDouble(Round::ratio).min().orElseThrow();
  }

  double highestRatio() {
    return rounds.stream().mapToDouble(Round::ratio).max().orElseThrow();
  }

  /** Whether the target is met; empty where there is none. */
  Optional<Boolean> met() {
    return target.map(t -> t.isMetBy(ratio()));
  }

  private double median(ToDoubleFunction<Round> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
