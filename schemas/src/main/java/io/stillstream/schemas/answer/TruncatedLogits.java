package io.stillstream.schemas.answer;

import io.stillstream.schemas.TopLogits;
import io.stillstream.schemas.values.FloatArrays;
import java.util.Arrays;
import java.util.List;

/**
 * The k largest logits of a row, with the log-sum of the others: written to records, checked, and
 * expanded to a whole row.
 */
public final class TruncatedLogits {
  private TruncatedLogits() {}

  static TopLogits of(float[] row, int count) {
    int[] top = LargestLogits.of(row, count);
    float[] logits = new float[count];
    boolean[] isTop = new boolean[row.length];
    for (int i = 0; i < count; i++) {
      logits[i] = row[top[i]];
      isTop[top[i]] = true;
    }
    return new TopLogits(
        row.length,
        Arrays.stream(top).boxed().toList(),
        FloatArrays.of(logits),
        (float) logSumOfOthers(row, isTop));
  }

  /** Log Σ eᶻ over the others; there is at least one. */
  private static double logSumOfOthers(float[] row, boolean[] isTop) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < row.length; k++) {
      if (!isTop[k]) {
        largest = Math.max(largest, row[k]);
      }
    }
    double sum = 0;
    for (int k = 0; k < row.length; k++) {
      if (!isTop[k]) {
        sum += Math.exp(row[k] - largest);
      }
    }
    return largest + Math.log(sum);
  }

  static OutputShape shape(TopLogits top) {
    OutputShape shape = OutputShape.classification(top.getClasses());
    List<Integer> indices = top.getIndices();
    if (indices.isEmpty()
        || indices.size() != top.getLogits().size()
        || indices.size() >= top.getClasses()) {
      throw new IllegalArgumentException(
          "topLogits has %d indices and %d logits for %d classes"
              .formatted(indices.size(), top.getLogits().size(), top.getClasses()));
    }
    if (indices.stream().anyMatch(k -> k < 0 || k >= top.getClasses())
        || indices.stream().distinct().count() < indices.size()) {
      throw new IllegalArgumentException(
          "indices of topLogits must be different and from 0 to %d, were %s"
              .formatted(top.getClasses() - 1, indices));
    }
    return shape;
  }

  static float[] row(TopLogits top) {
    int[] indices = top.getIndices().stream().mapToInt(Integer::intValue).toArray();
    return row(
        top.getClasses(), indices, FloatArrays.toArray(top.getLogits()), top.getRestLogSum());
  }

  /**
   * The row of an answer of which only the largest logits are known, as {@link LabeledAnswers#row}.
   *
   * @param indices classes of {@code logits}; fewer than {@code classes}
   * @param restLogSum logarithm of the sum of the exponentials of all other logits
   */
  public static float[] row(int classes, int[] indices, float[] logits, float restLogSum) {
    float[] row = new float[classes];
    Arrays.fill(row, (float) (restLogSum - Math.log(classes - indices.length)));
    for (int i = 0; i < logits.length; i++) {
      row[indices[i]] = logits[i];
    }
    return row;
  }
}
