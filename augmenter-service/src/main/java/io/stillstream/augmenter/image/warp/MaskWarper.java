package io.stillstream.augmenter.image.warp;

import io.stillstream.augmenter.geometry.BorderMode;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.schemas.answer.SegmentationMask;

/**
 * Warps masks as {@link ImageWarper} warps images, by the nearest pixel: a pixel of the view has
 * the class of the pixel that its centre falls into. A constant border and what lies behind the
 * viewer of a perspective are {@link SegmentationMask#IGNORE}; the other borders repeat or mirror
 * classes as they do pixels. All arithmetic is Java's, in double precision.
 */
public final class MaskWarper {
  private MaskWarper() {}

  /**
   * The mask of one frame.
   *
   * @param mask of the frame's image
   * @return the same one if the frame shows the image as it is
   */
  public static SegmentationMask warp(SegmentationMask mask, ViewTransform frame) {
    if (frame.isIdentity()) {
      return mask;
    }
    int height = frame.size().height();
    int width = frame.size().width();
    ProjectiveTransform map = frame.toImage();
    boolean affine = map.isAffine();
    byte[] from = mask.classes();
    byte[] classes = new byte[Math.multiplyExact(height, width)];
    for (int row = 0, i = 0; row < height; row++) {
      double y = row + 0.5;
      for (int column = 0; column < width; column++, i++) {
        double x = column + 0.5;
        double u = map.xx() * x + map.xy() * y + map.x0();
        double v = map.yx() * x + map.yy() * y + map.y0();
        if (!affine) {
          double divisor = map.divisor(x, y);
          if (divisor <= 0) {
            classes[i] = (byte) SegmentationMask.IGNORE;
            continue;
          }
          u /= divisor;
          v /= divisor;
        }
        boolean inside = u >= 0 && u < mask.width() && v >= 0 && v < mask.height();
        classes[i] =
            inside
                ? from[((int) v) * mask.width() + ((int) u)]
                : outside(mask, u, v, frame.border());
      }
    }
    return new SegmentationMask(height, width, classes);
  }

  /** What the border shows at a point outside of the mask. */
  private static byte outside(SegmentationMask mask, double u, double v, BorderMode border) {
    return border == BorderMode.CONSTANT
        ? (byte) SegmentationMask.IGNORE
        : mask.classes()[
            index(v, mask.height(), border) * mask.width() + index(u, mask.width(), border)];
  }

  /** Row or column that a border without a level of its own shows at a coordinate. */
  private static int index(double at, int side, BorderMode border) {
    double floor = Math.floor(at);
    if (floor >= 0 && floor < side) {
      return (int) floor;
    }
    return switch (border) {
      // A frame that shows nothing outside may still reach beyond the edge by a rounding error.
      case NONE, EDGE, CONSTANT -> floor < 0 ? 0 : side - 1;
      case REFLECT -> mirrored((long) floor, side, Math.max(1, 2L * side - 2), 0);
      case SYMMETRIC -> mirrored((long) floor, side, 2L * side, 1);
    };
  }

  /**
   * @param period after which the border repeats itself, pixels
   * @param repeated how often the outermost pixel is repeated at the edge
   */
  private static int mirrored(long index, int side, long period, int repeated) {
    long within = Math.floorMod(index, period);
    return (int) (within < side ? within : period - repeated - within);
  }
}
