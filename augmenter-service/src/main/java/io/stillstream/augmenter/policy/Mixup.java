package io.stillstream.augmenter.policy;

/**
 * mixup (Zhang et al. 2018, arXiv:1710.09412): λ·a + (1 − λ)·b with λ from Beta(α, α).
 *
 * @param alpha above 0; 1 makes λ uniform, less makes it favour one of the images
 */
record Mixup(double alpha) implements Mixing {
  /**
   * Within the 0.1 to 0.4 that the paper found good for ImageNet, and torchvision's recipes take.
   */
  private static final double DEFAULT_ALPHA = 0.2;

  static Operation parse(Parameters parameters) {
    return new Mixup(
        parameters.number(
            "alpha", DEFAULT_ALPHA, MIN_ALPHA, MAX_ALPHA, "λ is drawn from Beta(alpha, alpha)"));
  }

  @Override
  public void draw(RandomStream random, Draft draft) {
    draft.mix(new Mixture(Mix.Kind.MIXUP, GammaDraws.beta(random, alpha, alpha), null));
  }
}
