package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.example.TrainingBatch;

/** The cosine distance of embeddings: 1 − s·t / (|s|·|t|), from 0 to 2. */
final class CosineLoss implements DistillationLoss {
  /**
   * Added to squared lengths: a vector of zeros has a distance of 1 and a gradient of 0, not NaN.
   */
  private static final float EPSILON = 1e-8f;

  private final NDArray one;
  private final NDArray epsilon;

  /**
   * @param manager lives as long as this
   */
  CosineLoss(NDManager manager) {
    this.one = manager.create(1f);
    this.epsilon = manager.create(EPSILON);
  }

  @Override
  public NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch) {
    NDArray cosine =
        RowReductions.sum(student.mul(teacher)).div(length(student).mul(length(teacher)));
    return RowReductions.complement(cosine, one).mul(weights).sum();
  }

  private NDArray length(NDArray vectors) {
    return RowReductions.sum(vectors.mul(vectors)).add(epsilon).sqrt();
  }
}
