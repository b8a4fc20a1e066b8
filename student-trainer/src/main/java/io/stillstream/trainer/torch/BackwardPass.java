package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.torch.loss.StudentLoss;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import java.nio.FloatBuffer;

/**
 * Forward and backward pass of a step: adds the gradients of a batch's loss to those that the
 * model's weights have, part by part.
 */
final class BackwardPass {
  private final NDManager manager;
  private final TrainedModel model;
  private final StudentLoss loss;
  private final int parts;
  private final NDArray one;

  /**
   * @param manager lives as long as this
   */
  BackwardPass(NDManager manager, TrainedModel model, Hyperparameters hyperparameters) {
    this.manager = manager;
    this.model = model;
    this.loss = new StudentLoss(manager, hyperparameters.loss());
    this.parts = hyperparameters.accumulate();
    this.one = manager.ones(new Shape());
  }

  /**
   * The loss of a batch.
   *
   * @param logits of a classification [N·K]; empty for other tasks, whose answers are large
   */
  @SuppressWarnings("ArrayRecordComponent") // made once for a step, then only read
  record Losses(double total, double distillation, double labels, float[] logits) {}

  Losses run(TrainingBatch batch) {
    double total = 0;
    double distillation = 0;
    double labels = 0;
    boolean keepsLogits = batch.output().task() == ModelTask.CLASSIFICATION;
    FloatBuffer logits =
        FloatBuffer.allocate(keepsLogits ? batch.size() * batch.output().size() : 0);
    for (TrainingBatch part : batch.parts(parts)) {
      try (NDManager scope = manager.newSubManager()) {
        StudentLoss.LossParts losses = run(scope, part, logits);
        total += Libtorch.floats(losses.total())[0];
        distillation += Libtorch.floats(losses.distillation())[0];
        labels += Libtorch.floats(losses.labels())[0];
      }
    }
    return new Losses(total, distillation, labels, logits.array());
  }

  private StudentLoss.LossParts run(NDManager scope, TrainingBatch batch, FloatBuffer logits) {
    Libtorch.gradients(true);
    try {
      NDArray output = model.forward(scope, batch);
      StudentLoss.LossParts losses = loss.of(scope, output, batch);
      Libtorch.backward(losses.total(), one);
      if (logits.hasRemaining()) {
        logits.put(Libtorch.floats(output));
      }
      return losses;
    } finally {
      Libtorch.gradients(false);
    }
  }
}
