package io.stillstream.schemas.image;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException.Reason;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Masks inside records: grey PNG files of 8 bits, whose values are class indices. */
public final class MaskCodec {
  private MaskCodec() {}

  /** As a PNG file. */
  public static ByteBuffer encode(SegmentationMask mask) {
    return PixelCodec.encode(PixelEncoding.PNG, mask.height(), mask.width(), 1, mask.classes());
  }

  /**
   * Decodes a mask of that size. The position of {@code png} does not change.
   *
   * @throws InvalidImageException if it is no PNG file of one channel and 8 bits, is damaged, or
   *     has another size
   */
  public static SegmentationMask decode(ByteBuffer png, int height, int width) {
    return new SegmentationMask(
        height, width, PixelCodec.decode(PixelEncoding.PNG, height, width, 1, png));
  }

  /**
   * The mask of a view; empty if it has none.
   *
   * @throws InvalidImageException as {@link #decode(ByteBuffer, int, int)}
   */
  public static Optional<SegmentationMask> of(AugmentedView view) {
    return Optional.ofNullable(view.getMask())
        .map(png -> decode(png, view.getHeight(), view.getWidth()));
  }

  /**
   * Decodes a mask of any size up to {@link PixelCodec#MAX_PIXELS}.
   *
   * @throws InvalidImageException if it is no PNG file of one channel and 8 bits, or is damaged
   */
  public static SegmentationMask decode(ByteBuffer png) {
    ImageFileHeader header = ImageFileHeader.of(png);
    if (header.format() != ImageFormat.PNG) {
      throw new InvalidImageException(
          Reason.UNDECODABLE, "a mask must be a PNG file, was a " + header.format() + " file");
    }
    return decode(png, header.height(), header.width());
  }
}
