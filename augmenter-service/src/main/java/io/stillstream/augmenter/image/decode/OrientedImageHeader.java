package io.stillstream.augmenter.image.decode;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.image.InvalidImageException;
import java.nio.ByteBuffer;

/**
 * The header of an image file, with its size and orientation. It is read before decoding, since
 * OpenCV does not tell the size without decoding, and a small file can claim gigabytes.
 *
 * @param file the header itself
 * @param stored size as stored, before the orientation is applied
 * @param orientation how the stored image is turned upright
 */
record OrientedImageHeader(ImageFileHeader file, ImageSize stored, Orientation orientation) {

  /** Format by the first bytes; the content type of the event is ignored. */
  ImageFormat format() {
    return file.format();
  }

  /** Largest denominator of a scale at which the file can be decoded; 1 where only in full. */
  int maxScale() {
    return file.maxScale();
  }

  /** Size of the image once it stands upright. */
  ImageSize oriented() {
    return orientation.of(stored);
  }

  /**
   * Reads the header of a file, and checks the rest for structures that would keep the decoder busy
   * for too long.
   *
   * @param file the whole file from position to limit; neither moves
   * @throws RejectedImageException for {@code EMPTY}, {@code UNKNOWN_FORMAT}, {@code BROKEN_FILE}
   *     or {@code TOO_MANY_SCANS}
   */
  static OrientedImageHeader read(ByteBuffer file) {
    if (!file.hasRemaining()) {
      throw new RejectedImageException(RejectionReason.EMPTY, "the payload is empty");
    }
    if (ImageFormat.of(file).isEmpty()) {
      throw new RejectedImageException(
          RejectionReason.UNKNOWN_FORMAT, "not a JPEG, PNG, GIF, WebP or BMP file");
    }
    try {
      ImageFileHeader header = ImageFileHeader.of(file);
      return new OrientedImageHeader(
          header,
          new ImageSize(header.height(), header.width()),
          Orientation.ofExif(header.orientation()));
    } catch (InvalidImageException e) {
      throw rejected(e);
    } catch (IllegalArgumentException e) {
      throw new RejectedImageException(RejectionReason.BROKEN_FILE, e.getMessage());
    }
  }

  /**
   * Checks the limits for decoding.
   *
   * @param maxPixels largest height × width
   * @throws RejectedImageException for {@code TOO_MANY_PIXELS} or {@code TOO_MANY_SCANS}
   */
  void requireWithin(long maxPixels) {
    if (stored.pixels() > maxPixels) {
      throw new RejectedImageException(
          RejectionReason.TOO_MANY_PIXELS,
          stored.pixels() + " pixels, at most " + maxPixels + " are decoded");
    }
    try {
      file.requireWithin(maxPixels);
    } catch (InvalidImageException e) {
      throw rejected(e);
    }
  }

  private static RejectedImageException rejected(InvalidImageException e) {
    return new RejectedImageException(
        e.reason().equals(InvalidImageException.TOO_MANY_SCANS)
            ? RejectionReason.TOO_MANY_SCANS
            : RejectionReason.BROKEN_FILE,
        e.getMessage());
  }
}
