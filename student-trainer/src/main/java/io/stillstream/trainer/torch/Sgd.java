package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * Gradient descent with momentum as PyTorch computes it (Sutskever et al. 2013): velocity =
 * momentum·velocity + gradient; weight −= rate·velocity, or with Nesterov's momentum −=
 * rate·(gradient + momentum·velocity). Unlike PyTorch's, its weight decay is decoupled.
 */
final class Sgd implements Optimiser {
  private static final int VELOCITY = 0;

  private final OptimiserState state;
  private final WeightDecay decay;
  private final NDArray momentum;
  private final boolean nesterov;

  /**
   * @param manager lives as long as this
   */
  Sgd(
      NDManager manager,
      Map<String, NDArray> weights,
      double weightDecay,
      double momentum,
      boolean nesterov) {
    this.state = new OptimiserState(manager, "sgd", name -> 1, weights);
    this.decay = new WeightDecay(weightDecay);
    this.momentum = manager.create((float) momentum);
    this.nesterov = nesterov;
  }

  @Override
  public OptimiserState state() {
    return state;
  }

  @Override
  public void update(NDManager scope, Gradients gradients, double scale, double rate) {
    state.nextUpdate();
    decay.apply(scope, gradients, rate);
    NDArray factor = scope.create((float) scale);
    NDArray step = scope.create((float) rate);
    gradients.forEach(
        (name, weight, gradient) -> {
          NDArray velocity = state.tensor(name, VELOCITY);
          try (NDArray clipped = gradient.mul(factor)) {
            velocity.muli(momentum);
            velocity.addi(clipped);
            try (NDArray ahead = velocity.mul(nesterov ? momentum : step)) {
              if (nesterov) {
                ahead.addi(clipped);
                ahead.muli(step);
              }
              weight.subi(ahead);
            }
          }
        });
  }
}
