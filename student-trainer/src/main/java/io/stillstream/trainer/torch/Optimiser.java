package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import java.util.Map;

/** Changes weights by their gradients. */
interface Optimiser {
  /**
   * Takes one step; the gradients stay as they are.
   *
   * @param scope takes what is temporary
   * @param scale that gradients are multiplied with first
   * @param rate of this step
   */
  void update(NDManager scope, Gradients gradients, double scale, double rate);

  OptimiserState state();

  /**
   * An optimiser at its first step.
   *
   * @param manager lives as long as the optimiser
   * @param weights by name, in the module's order
   */
  static Optimiser create(
      OptimiserSettings settings, NDManager manager, Map<String, NDArray> weights) {
    double decay = settings.weightDecay();
    return switch (settings.kind()) {
      case ADAMW -> new AdamW(manager, weights, decay);
      case MUON ->
          new Muon(
              manager, weights, decay, settings.muon().learningRate() / settings.learningRate());
      case SGD -> new Sgd(manager, weights, decay, settings.momentum(), settings.nesterov());
    };
  }
}
