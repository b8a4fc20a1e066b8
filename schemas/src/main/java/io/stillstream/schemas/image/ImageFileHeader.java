package io.stillstream.schemas.image;

import io.stillstream.schemas.image.InvalidImageException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of an image file, with the cost of decoding it. Every decoder of this project reads it
 * first and then calls {@link #requireWithin}, so that a small file that claims a huge image, or
 * many scans of one, is rejected before decoding.
 *
 * @param format by the first bytes; content types are ignored
 * @param height rows as stored, before the orientation is applied
 * @param width columns as stored
 * @param channels samples per pixel of JPEG and PNG; 0 for a PNG palette and for other formats
 * @param depth bits per sample of JPEG and PNG; 0 for other formats
 * @param orientation of EXIF, 1 to 8; 1 (upright) where there is none
 * @param maxScale largest denominator of a scale at which the file can be decoded: 8, or 1 where it
 *     can only be decoded in full
 * @param visits samples that a JPEG decoder visits, over all scans; those of arithmetic coding
 *     count sixteen times. 0 for other formats, which are decoded in one pass
 */
public record ImageFileHeader(
    ImageFormat format,
    int height,
    int width,
    int channels,
    int depth,
    int orientation,
    int maxScale,
    long visits) {
  /**
   * How often the scans of a JPEG may visit as many samples as there may be pixels. Ten scans of an
   * encoder visit each pixel 8 times (4:2:0) to 14 times (4:4:4).
   */
  static final int MOST_VISITS = 16;

  /** Blocks at the edges add to the cost of small images. */
  private static final long LEAST_LIMIT = 1 << 20;

  /** The header of a file that is upright and decoded in full, in one pass. */
  ImageFileHeader(ImageFormat format, int height, int width, int channels, int depth) {
    this(format, height, width, channels, depth, ExifReader.UPRIGHT, 1, 0);
  }

  /**
   * Reads the header, and checks the rest for structures that would take a decoder too long.
   * Allocates nothing, and reads each byte a bounded number of times.
   *
   * @param file the whole file from position to limit; neither changes
   * @throws InvalidImageException {@code pixel-undecodable} if it is no such file or its structure
   *     is damaged, {@code pixel-scans} if it has more scans than any encoder writes
   */
  public static ImageFileHeader of(ByteBuffer file) {
    ImageFormat format =
        ImageFormat.of(file)
            .orElseThrow(
                () ->
                    new InvalidImageException(
                        Reason.UNDECODABLE,
                        "not an image file: neither JPEG, PNG, GIF, WebP nor BMP"));
    ByteBuffer big = file.slice().order(ByteOrder.BIG_ENDIAN);
    ByteBuffer little = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    try {
      return switch (format) {
        case JPEG -> JpegHeader.read(big);
        case PNG -> PngHeader.read(big);
        case GIF -> GifHeader.read(little);
        case WEBP -> WebpHeader.read(little);
        case BMP -> BmpHeader.read(little);
      };
    } catch (IndexOutOfBoundsException e) {
      throw new InvalidImageException(
          Reason.UNDECODABLE,
          format + " file is truncated: it ends after " + file.remaining() + " bytes",
          e);
    }
  }

  /**
   * Checks the limits for decoding.
   *
   * @param maxPixels largest height × width. The limit on scans follows from it: together they may
   *     visit 16 times as many samples
   * @throws InvalidImageException {@code pixel-shape} for too many pixels or none, {@code
   *     pixel-scans} for scans that take too much work
   */
  public void requireWithin(long maxPixels) {
    PixelLimits.requireSize(height, width, maxPixels);
    long most = MOST_VISITS * Math.max(Math.min(maxPixels, Integer.MAX_VALUE), LEAST_LIMIT);
    if (visits > most) {
      throw new InvalidImageException(
          Reason.SCANS,
          "the scans of a JPEG must visit at most %d samples, %d times the pixels that are allowed; those of %d x %d pixels visit %d"
              .formatted(most, MOST_VISITS, height, width, visits));
    }
  }

  /**
   * The file without parts that are slow or dangerous to decode: see {@link PngHeader#still}.
   *
   * @param file that this header is of
   * @return the buffer itself, or a copy
   */
  public ByteBuffer firstFrame(ByteBuffer file) {
    return format == ImageFormat.PNG
        ? PngHeader.still(file.slice().order(ByteOrder.BIG_ENDIAN))
        : file;
  }

  static InvalidImageException broken(String message) {
    return new InvalidImageException(Reason.UNDECODABLE, message);
  }
}
