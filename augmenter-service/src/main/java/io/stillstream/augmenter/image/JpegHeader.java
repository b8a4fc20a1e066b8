package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;

/** Size of a JPEG: walks the marker segments up to the frame header (ITU-T T.81, annex B). */
final class JpegHeader {
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;

  private JpegHeader() {}

  /** Takes the file in big-endian order. Reads each byte at most once. */
  static Size size(ByteBuffer bytes) {
    int at = 2;
    while (true) {
      while (unsigned(bytes, at) != 0xFF) {
        at++; // decoders skip garbage between segments, and so do we
      }
      while (unsigned(bytes, at) == 0xFF) {
        at++;
      }
      int marker = unsigned(bytes, at++);
      if (isFrame(marker)) {
        int height = Short.toUnsignedInt(bytes.getShort(at + 3));
        int width = Short.toUnsignedInt(bytes.getShort(at + 5));
        return new Size(height, width);
      }
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        throw ImageHeader.broken("JPEG without a frame header before its data");
      }
      if (!standsAlone(marker)) {
        int length = Short.toUnsignedInt(bytes.getShort(at));
        if (length < 2) {
          throw ImageHeader.broken("JPEG segment of " + length + " bytes");
        }
        at += length;
      }
    }
  }

  /** SOF0 to SOF15, without the three codes in between that mean something else. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static boolean standsAlone(int marker) {
    return marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
  }

  private static int unsigned(ByteBuffer bytes, int at) {
    return Byte.toUnsignedInt(bytes.get(at));
  }
}
