package io.stillstream.augmenter.image.decode;

import io.stillstream.augmenter.geometry.ImageSize;
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
   * A file.
   *
   * @param bytes the whole file from position to limit
   * @param header its header
   */
  record UndecodedFile(ByteBuffer bytes, OrientedImageHeader header) implements UndecodedImage {
    @Override
    public ImageSize size() {
      return header.oriented();
    }

    @Override
    public int maxScale() {
      return header.maxScale();
    }

    @Override
    public int left(int scale) {
      return header.orientation().reversesColumns()
          ? size().width() - size(scale).width() * scale
          : 0;
    }

    @Override
    public int top(int scale) {
      return header.orientation().reversesRows()
          ? size().height() - size(scale).height() * scale
          : 0;
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
