package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Weight decay apart from the gradient (Loshchilov and Hutter 2019): before the step, {@code weight
 * = (1 − rate·decay)·weight}. Weights decay if they have two dimensions or more; biases and the
 * parameters of norms have one, and are spared.
 */
final class WeightDecay {
  private final double decay;

  WeightDecay(double decay) {
    this.decay = decay;
  }

  void apply(NDManager scope, Gradients gradients, double rate) {
    if (decay == 0) {
      return;
    }
    NDArray keep = scope.create((float) (1 - rate * decay));
    gradients.forEach(
        (name, weight, gradient) -> {
          if (weight.getShape().dimension() >= 2) {
            weight.muli(keep);
          }
        });
  }
}
