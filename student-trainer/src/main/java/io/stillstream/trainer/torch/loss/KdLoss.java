package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.example.TrainingBatch;

/**
 * Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015:
 * T²·KL(softmax(t/T) ‖ softmax(s/T)) of teacher t and student s.
 */
final class KdLoss implements DistillationLoss {
  private final NDArray temperature;
  private final NDArray square;

  /**
   * @param manager lives as long as this
   */
  KdLoss(NDManager manager, double temperature) {
    this.temperature = manager.create((float) temperature);
    this.square = manager.create((float) (temperature * temperature));
  }

  @Override
  public NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch) {
    return RowReductions.divergence(teacher.div(temperature), student.div(temperature))
        .mul(weights.mul(square))
        .sum();
  }
}
