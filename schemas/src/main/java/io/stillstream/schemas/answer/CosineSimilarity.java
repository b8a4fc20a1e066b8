package io.stillstream.schemas.answer;

/** The cosine of the angle between two embeddings. */
public final class CosineSimilarity {
  private CosineSimilarity() {}

  /** Of two vectors of the same length: see {@link #of(float[], float[], int)}. */
  public static double of(float[] first, float[] second) {
    return of(first, second, 0);
  }

  /**
   * Of a vector and one out of many.
   *
   * @param rows has the second vector, of the same length, from index {@code from} on
   * @return −1 to 1; NaN where it is not defined: one vector is zero, or is not finite
   */
  public static double of(float[] first, float[] rows, int from) {
    double product = 0;
    double firstSquares = 0;
    double secondSquares = 0;
    for (int i = 0; i < first.length; i++) {
      double second = rows[from + i];
      product += first[i] * second;
      firstSquares += (double) first[i] * first[i];
      secondSquares += second * second;
    }
    double cosine = product / Math.sqrt(firstSquares) / Math.sqrt(secondSquares);
    return Double.isFinite(cosine) ? Math.max(-1, Math.min(1, cosine)) : Double.NaN;
  }
}
