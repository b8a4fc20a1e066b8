package io.stillstream.augmenter.policy;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.schemas.PixelEncoding;

/**
 * What every view looks like.
 *
 * @param size height and width, pixels
 * @param channels 1 (grey) or 3 (RGB)
 * @param fit how other sizes are brought to it
 * @param encoding how the pixels are encoded in the record
 * @param quality JPEG quality, 1 to 100; without effect for the other encodings
 */
public record OutputFormat(
    ImageSize size, int channels, FitMode fit, PixelEncoding encoding, int quality) {}
