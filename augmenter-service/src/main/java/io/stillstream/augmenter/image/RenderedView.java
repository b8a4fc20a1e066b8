package io.stillstream.augmenter.image;

import io.stillstream.augmenter.recipe.ViewRecipe;

/**
 * One view of one image, its pixels not encoded yet.
 *
 * @param index 0 is the original
 * @param seed seed of its random stream
 * @param recipe what was done
 * @param pixels unsigned bytes, shape [height, width, channels] of the policy's output; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a copy per view would cost more than it protects
public record RenderedView(int index, long seed, ViewRecipe recipe, byte[] pixels) {}
