package io.stillstream.augmenter.recipe;

/**
 * How two images are mixed, without the choice of the second image.
 *
 * @param kind {@link MixRecipe.Kind#MIXUP} or {@link MixRecipe.Kind#CUTMIX}
 * @param lambda share of the first image, 0 to 1
 * @param box the rectangle that comes from the second image, for cutmix; null for mixup
 */
public record MixParameters(MixRecipe.Kind kind, double lambda, MixRecipe.PixelBox box) {}
