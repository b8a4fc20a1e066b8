package io.stillstream.augmenter.image.decode;

import io.stillstream.augmenter.geometry.ImageSize;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/** The eight orientations of EXIF, in order: how a stored image is turned upright. */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(false, true, false),
  TURNED_180(false, true, true),
  FLIPPED(false, false, true),
  TRANSPOSED(true, false, false),
  TURNED_90(true, true, false),
  TRANSVERSED(true, true, true),
  TURNED_270(true, false, true);

  private static final Orientation[] IN_ORDER = values();

  /** Rows become columns first, then columns and rows change their order. */
  private final boolean swapsSides;

  private final boolean reversesColumns;
  private final boolean reversesRows;

  Orientation(boolean swapsSides, boolean reversesColumns, boolean reversesRows) {
    this.swapsSides = swapsSides;
    this.reversesColumns = reversesColumns;
    this.reversesRows = reversesRows;
  }

  /** The orientation that EXIF writes as 1 to 8; other values mean upright, as for OpenCV. */
  static Orientation ofExif(int value) {
    return value >= 1 && value <= IN_ORDER.length ? IN_ORDER[value - 1] : UPRIGHT;
  }

  /** Whether the first column of the upright image was the last one stored. */
  boolean reversesColumns() {
    return reversesColumns;
  }

  /** Whether the first row of the upright image was the last one stored. */
  boolean reversesRows() {
    return reversesRows;
  }

  /** Size of the upright image. */
  ImageSize of(ImageSize stored) {
    return swapsSides
        ? new ImageSize(/* height= */ stored.width(), /* width= */ stored.height())
        : stored;
  }

  /**
   * Turns an image upright.
   *
   * @param stored the image as stored; may be turned in place
   * @param other receives the result if it has another shape
   * @return whichever of the two holds the upright image
   */
  Mat apply(Mat stored, Mat other) {
    Mat upright = stored;
    if (swapsSides) {
      opencv_core.transpose(stored, other);
      upright = other;
    }
    if (reversesColumns || reversesRows) {
      opencv_core.flip(upright, upright, reversesColumns ? (reversesRows ? -1 : 1) : 0);
    }
    return upright;
  }
}
