package io.stillstream.augmenter.image;

import io.stillstream.augmenter.image.decode.ImageSource;
import java.nio.ByteBuffer;

/**
 * An image with the classes of its pixels, neither decoded.
 *
 * @param source the image
 * @param mask PNG file of class indices, of the size of the upright image; null if they are not
 *     known
 */
public record MaskedImage(ImageSource source, ByteBuffer mask) {

  /** An image without a mask. */
  public static MaskedImage of(ImageSource source) {
    return new MaskedImage(source, null);
  }
}
