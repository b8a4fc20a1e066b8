package io.stillstream.schemas.image;

import io.stillstream.schemas.image.InvalidImageException.Reason;
import java.nio.ByteBuffer;

/**
 * Header of a JPEG: reads the marker segments (ITU-T T.81, annex B) up to the first scan, and in
 * files of several scans through all of them. A scan of a dozen bytes makes a decoder visit all
 * blocks of its components, so scans are counted, and so are the samples that they visit.
 */
final class JpegHeader {
  private static final int APP1 = 0xE1;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int EXIF = 0x45786966; // "Exif", followed by two zeros
  private static final int EXIF_OVERHEAD = 8;
  private static final int REDUCED = 8;
  private static final int BLOCK = 8;
  private static final int MOST_SAMPLING = 4;

  /** In one scan. */
  private static final int MOST_COMPONENTS = 4;

  /** Encoders write about ten. */
  static final int MAX_SCANS = 100;

  /** Its decoder takes up to sixteen times as long for a sample, with hardly any data. */
  private static final int ARITHMETIC = 16;

  private final ByteBuffer bytes;
  private int frame;
  private int frameAt;
  private int components;
  private int orientation;
  private int scans;
  private long visits;

  private JpegHeader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Reads a file in big-endian order; each byte at most once, except those of the frame. */
  static ImageFileHeader read(ByteBuffer bytes) {
    return new JpegHeader(bytes).walk();
  }

  private ImageFileHeader walk() {
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
          throw ImageFileHeader.broken("JPEG segment of " + length + " bytes");
        }
        more = segment(marker, at, length);
        at += length;
      }
    }
    if (scans == 0) {
      throw ImageFileHeader.broken("JPEG without a scan");
    }
    return new ImageFileHeader(
        ImageFormat.JPEG,
        height(),
        width(),
        components,
        unsigned(frameAt + 2),
        orientation == 0 ? ExifReader.UPRIGHT : orientation,
        isLossless() ? 1 : REDUCED,
        visits);
  }

  /** Reads one segment; returns whether to continue. */
  private boolean segment(int marker, int at, int length) {
    if (isFrame(marker)) {
      if (frameAt > 0) {
        throw ImageFileHeader.broken("JPEG with a second frame header");
      }
      frame = marker;
      frameAt = at;
      components = unsigned(at + 7);
    } else if (marker == APP1 && orientation == 0 && isExif(at, length)) {
      orientation = ExifReader.orientation(bytes, at + EXIF_OVERHEAD, length - EXIF_OVERHEAD);
    } else if (marker == START_OF_SCAN) {
      if (frameAt == 0) {
        throw ImageFileHeader.broken("JPEG without a frame header before its data");
      }
      if (++scans > MAX_SCANS) {
        throw new InvalidImageException(Reason.SCANS, "JPEG of more than " + MAX_SCANS + " scans");
      }
      int taken = unsigned(at + 2);
      if (taken < 1 || taken > MOST_COMPONENTS) {
        throw ImageFileHeader.broken("JPEG scan of " + taken + " components");
      }
      for (int i = 0; i < taken; i++) {
        visits += (isArithmetic() ? ARITHMETIC : 1) * samples(unsigned(at + 3 + 2 * i));
      }
      return scans > 1 || isProgressive() || taken < components;
    }
    return true;
  }

  /** Of one component of the frame, in whole blocks; as many as the image has if it is none. */
  private long samples(int id) {
    int across = 1;
    int down = 1;
    int mostAcross = 1;
    int mostDown = 1;
    for (int i = components - 1; i >= 0; i--) {
      int at = frameAt + 8 + 3 * i;
      int factors = unsigned(at + 1);
      int horizontal = Math.min(factors >> 4, MOST_SAMPLING);
      int vertical = Math.min(factors & 0xF, MOST_SAMPLING);
      mostAcross = Math.max(mostAcross, horizontal);
      mostDown = Math.max(mostDown, vertical);
      if (unsigned(at) == id) {
        across = horizontal;
        down = vertical;
      }
    }
    return (long) inBlocks(width(), across, mostAcross) * inBlocks(height(), down, mostDown);
  }

  private static int inBlocks(int side, int sampling, int most) {
    int covered = BLOCK * most;
    return (side + covered - 1) / covered * BLOCK * sampling;
  }

  private int height() {
    return Short.toUnsignedInt(bytes.getShort(frameAt + 3));
  }

  private int width() {
    return Short.toUnsignedInt(bytes.getShort(frameAt + 5));
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

  private boolean isArithmetic() {
    return frame > 0xC8;
  }

  /** SOF0 to SOF15, without the three codes among them that have another meaning. */
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
