package io.stillstream.augmenter.image;

import io.stillstream.augmenter.policy.Size;
import java.nio.ByteBuffer;

/**
 * Header of a JPEG: walks the marker segments (ITU-T T.81, annex B) up to the first scan, and in
 * files of several scans through all of them. A scan of a dozen bytes makes the decoder visit the
 * whole image, so a small file with very many of them is refused.
 */
final class JpegHeader {
  private static final int APP1 = 0xE1;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int EXIF = 0x45786966; // "Exif", followed by two zeros
  private static final int EXIF_OVERHEAD = 8;

  /** Encoders make about ten; the limit is that of libjpeg-turbo's own fuzz tests. */
  private static final int MAX_SCANS = 500;

  private final ByteBuffer bytes;
  private Size size;
  private int frame;
  private int components;
  private Orientation orientation;
  private int scans;

  private JpegHeader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Takes the file in big-endian order. Reads each byte at most once. */
  static ImageHeader read(ByteBuffer bytes) {
    return new JpegHeader(bytes).walk();
  }

  private ImageHeader walk() {
    int at = 2;
    boolean more = true;
    while (more) {
      while (unsigned(at) != 0xFF) {
        at++; // decoders skip garbage between segments, and so do we; the data of scans, too
      }
      while (unsigned(at) == 0xFF) {
        at++;
      }
      int marker = unsigned(at++);
      if (marker == END_OF_IMAGE) {
        more = false;
      } else if (!standsAlone(marker)) {
        int length = Short.toUnsignedInt(bytes.getShort(at));
        if (length < 2) {
          throw ImageHeader.broken("JPEG segment of " + length + " bytes");
        }
        more = segment(marker, at, length);
        at += length;
      }
    }
    if (scans == 0) {
      throw ImageHeader.broken("JPEG without a scan");
    }
    return new ImageHeader(
        ImageFormat.JPEG,
        size,
        orientation == null ? Orientation.UPRIGHT : orientation,
        isLossless() ? 1 : Opened.MAX_SCALE);
  }

  /** Takes one segment; tells whether the walk must go on. */
  private boolean segment(int marker, int at, int length) {
    if (isFrame(marker)) {
      if (size != null) {
        throw ImageHeader.broken("JPEG with a second frame header");
      }
      frame = marker;
      size =
          new Size(
              Short.toUnsignedInt(bytes.getShort(at + 3)),
              Short.toUnsignedInt(bytes.getShort(at + 5)));
      components = unsigned(at + 7);
    } else if (marker == APP1 && orientation == null && isExif(at, length)) {
      orientation = Exif.orientation(bytes, at + EXIF_OVERHEAD, length - EXIF_OVERHEAD);
    } else if (marker == START_OF_SCAN) {
      if (size == null) {
        throw ImageHeader.broken("JPEG without a frame header before its data");
      }
      if (++scans > MAX_SCANS) {
        throw ImageHeader.broken("JPEG of more than " + MAX_SCANS + " scans");
      }
      return scans > 1 || isProgressive() || unsigned(at + 2) < components;
    }
    return true;
  }

  private boolean isExif(int at, int length) {
    return length >= EXIF_OVERHEAD && bytes.getInt(at + 2) == EXIF && bytes.getShort(at + 6) == 0;
  }

  private boolean isProgressive() {
    return (frame & 3) == 2;
  }

  private boolean isLossless() {
    return (frame & 3) == 3;
  }

  /** SOF0 to SOF15, without the three codes in between that mean something else. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static boolean standsAlone(int marker) {
    return marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
  }

  private int unsigned(int at) {
    return Byte.toUnsignedInt(bytes.get(at));
  }
}
