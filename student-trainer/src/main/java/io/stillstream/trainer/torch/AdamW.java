package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** AdamW (Loshchilov and Hutter 2019) step for step as PyTorch computes it. */
final class AdamW implements Optimiser {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  /**
   * The kernel takes 1 − β of a β in single precision, PyTorch in double: its means are this much
   * larger.
   */
  private static final double EXCESS1 = (1 - (double) (float) BETA1) / (1 - BETA1);

  private static final double EXCESS2 = (1 - (double) (float) BETA2) / (1 - BETA2);

  /** Tensors per weight in the state. */
  static final int SLOTS = 2;

  private static final int MEAN = 0;
  private static final int SQUARE = 1;

  private final OptimiserState state;
  private final WeightDecay decay;

  /**
   * @param manager lives as long as this
   */
  AdamW(NDManager manager, Map<String, NDArray> weights, double weightDecay) {
    this(new OptimiserState(manager, "adamw", name -> SLOTS, weights), weightDecay);
  }

  /**
   * @param state may have other weights, too
   */
  AdamW(OptimiserState state, double weightDecay) {
    this.state = state;
    this.decay = new WeightDecay(weightDecay);
  }

  @Override
  public OptimiserState state() {
    return state;
  }

  @Override
  public void update(NDManager scope, Gradients gradients, double scale, double rate) {
    long t = state.nextUpdate();
    double correction1 = EXCESS1 * (1 - Math.pow(BETA1, (double) t));
    double correction2 = Math.sqrt(EXCESS2 * (1 - Math.pow(BETA2, (double) t)));
    decay.apply(scope, gradients, rate);
    // PyTorch divides by √square/√(1−β₂ᵗ) + ε; the kernel does not know the correction.
    gradients.forEach(
        (name, weight, gradient) ->
            Libtorch.adam(
                weight,
                gradient,
                state.tensor(name, MEAN),
                state.tensor(name, SQUARE),
                (float) (rate * correction2 / correction1),
                (float) scale,
                (float) BETA1,
                (float) BETA2,
                (float) (EPSILON * correction2)));
  }
}
