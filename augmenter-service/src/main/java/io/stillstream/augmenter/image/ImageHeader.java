package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;

/**
 * What a file says about itself, read without allocating anything: OpenCV cannot tell the size
 * before it decodes, and a small file can claim gigabytes.
 *
 * @param format format by its first bytes; the content type of the event is not believed
 * @param stored size as stored, before the orientation is applied
 * @param orientation how the stored image is to be turned
 * @param maxScale largest denominator of a scale at which the file can be decoded: 8, or 1 where it
 *     can only be decoded in full
 */
record ImageHeader(ImageFormat format, Size stored, Orientation orientation, int maxScale) {

  /** The header of a file that is upright and decoded in full. */
  ImageHeader(ImageFormat format, Size stored) {
    this(format, stored, Orientation.UPRIGHT, 1);
  }

  /** Size of the image once it stands upright. */
  Size oriented() {
    return orientation.of(stored);
  }

  /**
   * Reads the header of a file and looks through what follows for what would keep the decoder busy
   * without end: see the headers of the formats.
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
      return format.header(bytes);
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
