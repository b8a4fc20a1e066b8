package io.stillstream.augmenter.geometry;

/**
 * A projective map of the plane: (x, y) → ((xx·x + xy·y + x0) / d, (yx·x + yy·y + y0) / d) with d =
 * wx·x + wy·y + w0. It is affine where wx and wy are 0; w0 is 1 then. Points with d ≤ 0 lie behind
 * the viewer and have no image.
 *
 * <p>Coordinates are continuous: x to the right, y down, and pixel (row i, column j) covers [j,
 * j+1) × [i, i+1), so that its centre is (j + ½, i + ½). In these coordinates the centre of an
 * image is simply (width/2, height/2) and a resize is a pure scaling.
 *
 * @param xx share of x in the new x
 * @param xy share of y in the new x
 * @param x0 shift of x, pixels
 * @param yx share of x in the new y
 * @param yy share of y in the new y
 * @param y0 shift of y, pixels
 * @param wx share of x in the divisor; 0 for affine maps
 * @param wy share of y in the divisor; 0 for affine maps
 * @param w0 divisor at the origin; 1 for affine maps
 */
public record ProjectiveTransform(
    double xx,
    double xy,
    double x0,
    double yx,
    double yy,
    double y0,
    double wx,
    double wy,
    double w0) {

  /** The map that changes nothing. */
  public static final ProjectiveTransform IDENTITY = affine(1, 0, 0, 0, 1, 0);

  /** An affine map. */
  public static ProjectiveTransform affine(
      double xx, double xy, double x0, double yx, double yy, double y0) {
    return new ProjectiveTransform(xx, xy, x0, yx, yy, y0, 0, 0, 1);
  }

  /** The map that scales both axes about the origin. */
  public static ProjectiveTransform scaling(double x, double y) {
    return affine(x, 0, 0, 0, y, 0);
  }

  /** The map that shifts by (x, y) pixels. */
  public static ProjectiveTransform shift(double x, double y) {
    return affine(1, 0, x, 0, 1, y);
  }

  /** Whether parallels stay parallel. */
  public boolean isAffine() {
    return wx == 0 && wy == 0;
  }

  /**
   * The map that applies {@code first} and then this one. The signs of the divisors are kept: what
   * lay behind the viewer stays there.
   */
  public ProjectiveTransform after(ProjectiveTransform first) {
    return new ProjectiveTransform(
        xx * first.xx + xy * first.yx + x0 * first.wx,
        xx * first.xy + xy * first.yy + x0 * first.wy,
        xx * first.x0 + xy * first.y0 + x0 * first.w0,
        yx * first.xx + yy * first.yx + y0 * first.wx,
        yx * first.xy + yy * first.yy + y0 * first.wy,
        yx * first.x0 + yy * first.y0 + y0 * first.w0,
        wx * first.xx + wy * first.yx + w0 * first.wx,
        wx * first.xy + wy * first.yy + w0 * first.wy,
        wx * first.x0 + wy * first.y0 + w0 * first.w0);
  }

  /** The divisor at (x, y). */
  public double divisor(double x, double y) {
    return wx * x + wy * y + w0;
  }

  /** The new x of the point (x, y). */
  public double x(double x, double y) {
    return (xx * x + xy * y + x0) / divisor(x, y);
  }

  /** The new y of the point (x, y). */
  public double y(double x, double y) {
    return (yx * x + yy * y + y0) / divisor(x, y);
  }

  /** How many pixels along the image's x one pixel of the view spans at the point (x, y) of it. */
  double perX(double x, double y) {
    double u = x(x, y);
    return Math.hypot(xx - u * wx, xy - u * wy) / Math.abs(divisor(x, y));
  }

  /** How many pixels along the image's y one pixel of the view spans at the point (x, y) of it. */
  double perY(double x, double y) {
    double v = y(x, y);
    return Math.hypot(yx - v * wx, yy - v * wy) / Math.abs(divisor(x, y));
  }
}
