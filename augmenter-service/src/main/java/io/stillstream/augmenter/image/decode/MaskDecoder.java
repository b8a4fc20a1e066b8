package io.stillstream.augmenter.image.decode;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import java.nio.ByteBuffer;

/** Decodes the masks of images, always at full scale. */
public final class MaskDecoder {
  private MaskDecoder() {}

  /**
   * Decodes a mask.
   *
   * @param png the whole file from position to limit; neither moves
   * @param image size of the upright image at full scale
   * @throws RejectedImageException for {@code BAD_MASK}: it is no grey PNG file of 8 bits, is
   *     damaged, or has another size than the image
   */
  public static SegmentationMask decode(ByteBuffer png, ImageSize image) {
    try {
      ImageFileHeader header = ImageFileHeader.of(png);
      if (header.height() != image.height() || header.width() != image.width()) {
        throw rejected(
            "it is %d x %d, the upright image is %d x %d"
                .formatted(header.height(), header.width(), image.height(), image.width()));
      }
      if (header.format() == ImageFormat.PNG && header.channels() == 0) {
        throw rejected("it is a PNG file with a palette; write the class indices as grey levels");
      }
      return MaskCodec.decode(png, image.height(), image.width());
    } catch (InvalidImageException | IllegalArgumentException e) {
      throw rejected(e.getMessage());
    }
  }

  private static RejectedImageException rejected(String message) {
    return new RejectedImageException(RejectionReason.BAD_MASK, "the mask is refused: " + message);
  }
}
