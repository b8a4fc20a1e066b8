package io.stillstream.labeler.teachers;

import java.util.Arrays;
import java.util.List;

/** Weights of teachers, normalised to the sum 1. */
final class TeacherWeights {
  private final double[] weights;

  /**
   * @param weights at least one, each positive
   */
  TeacherWeights(List<Double> weights) {
    if (weights.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one weight");
    }
    for (double weight : weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("weight must be positive, was " + weight);
      }
    }
    double largest = weights.stream().mapToDouble(w -> w).max().orElseThrow();
    double[] scaled = weights.stream().mapToDouble(w -> w / largest).toArray();
    double sum = Arrays.stream(scaled).sum();
    this.weights = Arrays.stream(scaled).map(w -> w / sum).toArray();
  }

  int count() {
    return weights.length;
  }

  double of(int teacher) {
    return weights[teacher];
  }

  List<Double> asList() {
    return Arrays.stream(weights).boxed().toList();
  }

  /**
   * @throws IllegalArgumentException if there is not one row for each teacher, or they differ in
   *     length
   */
  void requireFitting(float[][] rows) {
    if (rows.length != weights.length) {
      throw new IllegalArgumentException(
          "there are %d teachers, but answers of %d".formatted(weights.length, rows.length));
    }
    for (int m = 1; m < rows.length; m++) {
      if (rows[m].length != rows[0].length) {
        throw new IllegalArgumentException(
            "the answer of teacher %d has %d numbers, that of teacher 0 %d"
                .formatted(m, rows[m].length, rows[0].length));
      }
    }
  }
}
