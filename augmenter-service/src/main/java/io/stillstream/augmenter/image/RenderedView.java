package io.stillstream.augmenter.image;

import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.schemas.answer.SegmentationMask;

/**
 * One view of one image, its pixels not encoded yet.
 *
 * @param index 0 is the original
 * @param seed seed of its random stream
 * @param recipe what was done
 * @param pixels unsigned bytes, shape [height, width, channels] of the policy's output; not copied
 * @param mask classes of the pixels; null if the image has none, or the recipe leaves none
 */
@SuppressWarnings("ArrayRecordComponent") // a copy per view would cost more than it protects
public record RenderedView(
    int index, long seed, ViewRecipe recipe, byte[] pixels, SegmentationMask mask) {}
