package io.stillstream.augmenter.recipe;

import io.stillstream.augmenter.geometry.ImageSize;
import java.util.function.Supplier;

/**
 * An image that can be mixed into another.
 *
 * @param coordinates which image it is
 * @param size its size, computed only if it is mixed in
 */
public record MixCandidate(MixRecipe.PartnerCoordinates coordinates, Supplier<ImageSize> size) {}
