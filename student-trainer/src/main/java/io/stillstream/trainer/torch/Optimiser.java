package io.stillstream.trainer.torch;

import ai.djl.ndarray.NDManager;

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
}
