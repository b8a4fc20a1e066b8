package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;

/**
 * What a file says about itself, read without allocating anything: OpenCV cannot tell the size
 * before it decodes, and a small file can claim gigabytes.
 *
 * @param format format by its first bytes; the content type of the event is not believed
 * @param size size as stored, EXIF orientation not applied
 */
record ImageHeader(ImageFormat format, Size size) {

  /**
   * Reads the header of a file, and for PNG the lengths of all its chunks.
   *
   * @param file the whole file from position to limit; neither moves
   * @throws RejectedImageException for {@code EMPTY}, {@code UNKNOWN_FORMAT} or {@code BROKEN_FILE}
   */
  static ImageHeader read(ByteBuffer file) {
    if (!file.hasRemaining()) {
      throw new RejectedImageException(RejectionReason.EMPTY, "the payload is empty");
    }
    ByteBuffer bytes = file.slice();
    ImageFormat format = ImageFormat.of(bytes);
    try {
      return new ImageHeader(format, format.size(bytes));
    } catch (IndexOutOfBoundsException e) {
      throw broken(format + " ends within its header");
    } catch (IllegalArgumentException e) {
      throw broken(format + " header: " + e.getMessage());
    }
  }

  static RejectedImageException broken(String message) {
    return new RejectedImageException(RejectionReason.BROKEN_FILE, message);
  }
}
