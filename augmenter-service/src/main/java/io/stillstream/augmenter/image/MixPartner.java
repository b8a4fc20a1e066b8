package io.stillstream.augmenter.image;

import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.recipe.MixRecipe;

/**
 * A second image that views may be mixed with.
 *
 * @param source the image
 * @param coordinates its coordinates, which recipes name
 */
public record MixPartner(ImageSource source, MixRecipe.PartnerCoordinates coordinates) {}
