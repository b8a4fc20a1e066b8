package io.stillstream.augmenter.recipe;

import java.util.List;

/**
 * A second image that was mixed into a view.
 *
 * @param kind {@link Kind#MIXUP} or {@link Kind#CUTMIX}
 * @param partner which image it is
 * @param partnerDecodeScale denominator of the scale at which the partner's file was decoded
 * @param partnerSteps what was done to the partner before mixing; it ends at the size of the view
 * @param lambda share of the first image, 0 to 1; the partner has 1 − lambda
 * @param box the rectangle that comes from the partner, for cutmix; null for mixup
 */
public record MixRecipe(
    Kind kind,
    PartnerCoordinates partner,
    int partnerDecodeScale,
    List<RecipeStep> partnerSteps,
    double lambda,
    PixelBox box) {

  /** How two images become one. */
  public enum Kind {
    /** λ·a + (1 − λ)·b (Zhang et al. 2018, arXiv:1710.09412). */
    MIXUP,
    /** A rectangle of b in a (Yun et al. 2019, arXiv:1905.04899). */
    CUTMIX
  }

  /**
   * Coordinates of the partner: those of the event whose image was used (not its origin, if it is a
   * replay), and its imageId.
   */
  public record PartnerCoordinates(String topic, int partition, long offset, String imageId) {}

  /** A rectangle, pixels of the view. */
  public record PixelBox(int top, int left, int height, int width) {}

  public MixRecipe {
    partnerSteps = List.copyOf(partnerSteps);
  }

  /** The same with another decode scale of the partner. */
  MixRecipe withPartnerDecodeScale(int scale) {
    return new MixRecipe(kind, partner, scale, partnerSteps, lambda, box);
  }
}
