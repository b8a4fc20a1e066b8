package io.stillstream.augmenter.operation.auto;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.GammaSampler;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.AugMixChains;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.ArrayList;
import java.util.List;

/**
 * AugMix (Hendrycks et al. 2020, arXiv:1912.02781) with torchvision's choices and magnitudes:
 * several chains of operations, each from the image as it is, mixed with one another and with the
 * image.
 *
 * @param severity strongest bin of ten, 1 to 10
 * @param width number of chains
 * @param depth operations per chain; below 1: 1 to 3, drawn for each chain
 * @param alpha of the Dirichlet and Beta distributions of the shares, above 0
 * @param allOps whether factors of colour and sharpness are among the operations
 * @param fill level outside of the image, 0 to 255
 */
public record AugMix(int severity, int width, int depth, double alpha, boolean allOps, int fill)
    implements AugmentationOperation {
  private static final int MOST_CHAINS = 10;
  private static final int MOST_OPERATIONS = 10;
  private static final int DEEPEST_DRAWN = 3;

  public static AugmentationOperation parse(SettingsReader settings) {
    return new AugMix(
        settings.integer("severity", 3, 1, 10, "strongest of ten strengths that is drawn"),
        settings.integer("mixture_width", 3, 1, MOST_CHAINS, "number of chains"),
        settings.integer(
            "chain_depth",
            -1,
            -1,
            MOST_OPERATIONS,
            "operations per chain; below 1: 1 to 3, drawn for each chain"),
        settings.number(
            "alpha", 1, 0.001, 1_000, "of Dirichlet and Beta: small for one large share"),
        settings.flag(
            "all_ops", true, "whether brightness, saturation, contrast and sharpness take part"),
        OperationSettings.fill(settings, "level outside of the image"));
  }

  /**
   * Takes numbers for the two shares, for those of the chains, and then chain by chain: one for the
   * depth if it is drawn, and those of each operation.
   */
  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    double[] shares = GammaSampler.dirichlet(random, alpha, 2);
    double[] weights = GammaSampler.dirichlet(random, alpha, width);
    AugmentationSpace space = AugmentationSpace.augMix(recipe.size(), allOps);
    List<AugMixChains.Chain> chains = new ArrayList<>();
    for (double weight : weights) {
      RecipeBuilder chain = recipe.branch();
      int operations = depth < 1 ? random.between(1, DEEPEST_DRAWN) : depth;
      for (int i = 0; i < operations; i++) {
        space.draw(random, 0, severity - 1, fill, chain);
      }
      chains.add(new AugMixChains.Chain(weight * shares[1], chain.steps()));
    }
    recipe.addAll(new AugMixChains(shares[0], chains).steps());
  }
}
