package io.stillstream.augmenter.geometry;

import java.util.function.DoubleBinaryOperator;

/**
 * Where a view stands relative to the image it is taken from: its size, and for every point of it
 * the point of the image that it shows. Geometric operations turn frames into frames, so a chain of
 * them costs one interpolation, at the end.
 *
 * <p>What an operation in the middle moves out of its frame is not lost: a later operation may
 * bring it back, as in a single affine transform of torchvision. Padding alone is an exception, see
 * {@code GeometricOperation}.
 *
 * @param image size of the image
 * @param size size of the view
 * @param toImage from the view's coordinates to those of the image
 * @param border what the view shows outside of the image
 * @param fill level of all channels outside of the image, 0 to 255, where the border is constant
 */
public record ViewTransform(
    ImageSize image, ImageSize size, ProjectiveTransform toImage, BorderMode border, int fill) {
  private static final double ROUNDING = 1e-6;

  /** The frame that shows the whole image as it is. */
  public static ViewTransform of(ImageSize image) {
    return new ViewTransform(image, image, ProjectiveTransform.IDENTITY, BorderMode.NONE, 0);
  }

  /**
   * The frame after one more operation that leaves the outside as it is.
   *
   * @param newSize size after the operation
   * @param newToOld from coordinates after the operation to those before it
   */
  public ViewTransform compose(ImageSize newSize, ProjectiveTransform newToOld) {
    return new ViewTransform(image, newSize, toImage.after(newToOld), border, fill);
  }

  /**
   * The same frame, taken from another rendition of the image.
   *
   * @param rendition size of the other image
   * @param toRendition from coordinates of the image to those of the other
   */
  public ViewTransform forRendition(ImageSize rendition, ProjectiveTransform toRendition) {
    return new ViewTransform(rendition, size, toRendition.after(toImage), border, fill);
  }

  /** The same frame with something else outside. */
  public ViewTransform withBorder(BorderMode newBorder, int level) {
    return new ViewTransform(image, size, toImage, newBorder, level);
  }

  /** Whether it shows the image as it is. */
  public boolean isIdentity() {
    return border == BorderMode.NONE
        && size.equals(image)
        && toImage.equals(ProjectiveTransform.IDENTITY);
  }

  /** Whether all of it lies within the image. */
  public boolean isInside() {
    return isInside(0, 0)
        && isInside(size.width(), 0)
        && isInside(0, size.height())
        && isInside(size.width(), size.height());
  }

  private boolean isInside(double x, double y) {
    double d = toImage.divisor(x, y);
    double u = toImage.x(x, y);
    double v = toImage.y(x, y);
    return d > 0
        && u >= -ROUNDING
        && v >= -ROUNDING
        && u <= image.width() + ROUNDING
        && v <= image.height() + ROUNDING;
  }

  /** Whether, in its middle, a pixel of the image covers two or more of the view along an axis. */
  public boolean isEnlargedTwofold() {
    double x = size.width() / 2.0;
    double y = size.height() / 2.0;
    return Math.min(toImage.perX(x, y), toImage.perY(x, y)) <= 0.5 + ROUNDING;
  }

  /**
   * The least number of pixels of the image that one pixel of the view spans along either axis: 4
   * where the image is shown at a quarter of its size, below 1 where it is enlarged. For
   * perspectives the least at the four corners and in the middle.
   */
  public double reduction() {
    return Math.min(reductionX(), reductionY());
  }

  /** The same along the image's x alone. */
  public double reductionX() {
    return least(toImage::perX);
  }

  /** The same along the image's y alone. */
  public double reductionY() {
    return least(toImage::perY);
  }

  private double least(DoubleBinaryOperator per) {
    double width = size.width();
    double height = size.height();
    double least = per.applyAsDouble(width / 2, height / 2);
    if (!toImage.isAffine()) {
      least = Math.min(least, Math.min(per.applyAsDouble(0, 0), per.applyAsDouble(width, 0)));
      least =
          Math.min(least, Math.min(per.applyAsDouble(0, height), per.applyAsDouble(width, height)));
    }
    return least;
  }
}
