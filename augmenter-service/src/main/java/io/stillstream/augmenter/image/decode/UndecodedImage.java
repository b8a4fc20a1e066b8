package io.stillstream.augmenter.image.decode;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.schemas.image.ImageFileHeader;
import io.stillstream.schemas.image.ImageFormat;
import io.stillstream.schemas.image.InvalidImageException;
import java.nio.ByteBuffer;

/**
 * An image whose header has been read and accepted, before decoding. Recipes are drawn for its size
 * at full scale, and are valid for every scale of decoding.
 */
public sealed interface UndecodedImage {

  /** Size of the upright image in full, EXIF orientation applied. */
  ImageSize size();

  /**
   * Largest denominator that this image can be decoded at: 8 for JPEG, else 1. Every power of two
   * up to it can be used.
   */
  int maxScale();

  /** Size of the image when decoded at a scale: the sides divided by it, rounded up. */
  default ImageSize size(int scale) {
    return new ImageSize(ceil(size().height(), scale), ceil(size().width(), scale));
  }

  /**
   * Where the left edge of the image decoded at a scale lies on the full image: 0, or up to {@code
   * scale - 1} columns beyond its left edge. Each decoded pixel covers {@code scale × scale} stored
   * ones, and the last one of a row the remainder; it comes first if the orientation reverses the
   * columns.
   *
   * @return −({@code scale} − 1) to 0, pixels of the full image
   */
  default int left(int scale) {
    return 0;
  }

  /** As {@link #left}, for the upper edge. */
  default int top(int scale) {
    return 0;
  }

  private static int ceil(int side, int scale) {
    return (side + scale - 1) / scale;
  }

  /**
   * A file. Its header is read before decoding, since OpenCV does not tell the size without
   * decoding, and a small file can claim gigabytes.
   *
   * @param bytes the whole file from position to limit
   * @param header its header
   * @param stored size as stored, before the orientation is applied
   * @param orientation how the stored image is turned upright
   */
  record UndecodedFile(
      ByteBuffer bytes, ImageFileHeader header, ImageSize stored, Orientation orientation)
      implements UndecodedImage {
    /**
     * Reads the header of a file, and checks the rest for structures that would keep the decoder
     * busy for too long.
     *
     * @param bytes the whole file from position to limit; neither moves
     * @throws RejectedImageException for {@code EMPTY}, {@code UNKNOWN_FORMAT}, {@code BROKEN_FILE}
     *     or {@code TOO_MANY_SCANS}
     */
    static UndecodedFile read(ByteBuffer bytes) {
      if (!bytes.hasRemaining()) {
        throw new RejectedImageException(RejectionReason.EMPTY, "the payload is empty");
      }
      if (ImageFormat.of(bytes).isEmpty()) {
        throw new RejectedImageException(
            RejectionReason.UNKNOWN_FORMAT, "not a JPEG, PNG, GIF, WebP or BMP file");
      }
      try {
        ImageFileHeader header = ImageFileHeader.of(bytes);
        return new UndecodedFile(
            bytes,
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
     * Checks that the scans do not take the decoder too long.
     *
     * @param maxPixels largest height × width, which the file does not exceed
     * @throws RejectedImageException for {@code TOO_MANY_SCANS}
     */
    void requireFewScans(long maxPixels) {
      try {
        header.requireWithin(maxPixels);
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

    @Override
    public ImageSize size() {
      return orientation.of(stored);
    }

    @Override
    public int maxScale() {
      return header.maxScale();
    }

    @Override
    public int left(int scale) {
      return orientation.reversesColumns() ? size().width() - size(scale).width() * scale : 0;
    }

    @Override
    public int top(int scale) {
      return orientation.reversesRows() ? size().height() - size(scale).height() * scale : 0;
    }
  }

  /**
   * Bare pixels, of a shape that matches their number.
   *
   * @param source the pixels
   */
  record UndecodedPixels(ImageSource.RawPixels source) implements UndecodedImage {
    @Override
    public ImageSize size() {
      return new ImageSize(source.height(), source.width());
    }

    @Override
    public int maxScale() {
      return 1;
    }
  }
}
