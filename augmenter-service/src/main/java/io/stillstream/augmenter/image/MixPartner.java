package io.stillstream.augmenter.image;

import io.stillstream.augmenter.recipe.MixRecipe;

/**
 * A second image that views may be mixed with.
 *
 * @param image the image, with its mask if it has one
 * @param coordinates its coordinates, which recipes name
 */
public record MixPartner(MaskedImage image, MixRecipe.PartnerCoordinates coordinates) {}
