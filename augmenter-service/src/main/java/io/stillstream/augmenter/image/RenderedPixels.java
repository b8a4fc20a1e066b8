package io.stillstream.augmenter.image;

import io.stillstream.schemas.answer.SegmentationMask;

/**
 * Pixels of a view, not encoded yet, and their classes.
 *
 * @param pixels unsigned bytes, shape [height, width, channels]; not copied
 * @param mask of height × width; null if the image has none, or the recipe leaves none
 */
@SuppressWarnings("ArrayRecordComponent") // a copy per view would cost more than it protects
public record RenderedPixels(byte[] pixels, SegmentationMask mask) {}
