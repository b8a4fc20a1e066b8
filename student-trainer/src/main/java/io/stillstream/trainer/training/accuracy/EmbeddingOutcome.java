package io.stillstream.trainer.training.accuracy;

/**
 * The cosine of the student's and the teacher's embedding of one original.
 *
 * @param cosine −1 to 1; NaN without a teacher
 */
public record EmbeddingOutcome(float cosine) implements OriginalOutcome {
  @Override
  public boolean isTaught() {
    return !Float.isNaN(cosine);
  }

  /** No truth is known of an embedding. */
  @Override
  public boolean isLabelled() {
    return false;
  }

  @Override
  public double disagreement() {
    return Math.min(1, 1 - cosine);
  }

  @Override
  public double error() {
    return Double.NaN;
  }
}
