package io.stillstream.trainer.torch.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.example.TrainingBatch;

/**
 * Ba and Caruana, "Do Deep Nets Really Need to be Deep?", NeurIPS 2014: the squared difference of
 * logits, averaged over the classes. Kim et al., "Comparing Kullback-Leibler Divergence and Mean
 * Squared Error Loss in Knowledge Distillation", IJCAI 2021, show when it is better. There is no
 * temperature in it. Of embeddings, it is averaged over the dimensions.
 */
final class LogitMseLoss implements DistillationLoss {
  @Override
  public NDArray of(
      NDManager scope, NDArray student, NDArray teacher, NDArray weights, TrainingBatch batch) {
    NDArray difference = student.sub(teacher);
    return RowReductions.mean(difference.mul(difference)).mul(weights).sum();
  }
}
