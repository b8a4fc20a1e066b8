package io.stillstream.student.training;

import java.io.DataOutputStream;
import java.io.IOException;

/** A model that learns, with a moving average of itself that answers. */
public interface Student extends AutoCloseable {
  /**
   * Tries the student on a batch.
   *
   * @throws IllegalArgumentException if its answer is not finite logits [N, K], with the reason
   */
  void probe(Batch batch);

  /**
   * One optimiser step.
   *
   * @param step its number, from 1
   * @throws IllegalStateException if loss or gradients are not finite; the weights are untouched
   *     then, but running statistics may not be
   */
  StepReport update(Batch batch, long step);

  /** Logits of the moving average, [N·K] row by row. */
  float[] predict(Batch batch);

  /** The weights as a file that can be trained on. */
  byte[] weights();

  /** The moving average as a file. */
  byte[] average();

  void saveOptimiser(DataOutputStream out) throws IOException;

  @Override
  void close();
}
