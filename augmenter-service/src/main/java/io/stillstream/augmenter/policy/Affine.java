package io.stillstream.augmenter.policy;

/**
 * An affine map of the plane: (x, y) → (xx·x + xy·y + x0, yx·x + yy·y + y0).
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
 */
public record Affine(double xx, double xy, double x0, double yx, double yy, double y0) {

  /** The map that changes nothing. */
  public static final Affine IDENTITY = new Affine(1, 0, 0, 0, 1, 0);

  /** The map that scales both axes about the origin. */
  public static Affine scaling(double x, double y) {
    return new Affine(x, 0, 0, 0, y, 0);
  }

  /** The map that shifts by (x, y) pixels. */
  public static Affine shift(double x, double y) {
    return new Affine(1, 0, x, 0, 1, y);
  }

  /** The map that applies {@code first} and then this one. */
  public Affine after(Affine first) {
    return new Affine(
        xx * first.xx + xy * first.yx,
        xx * first.xy + xy * first.yy,
        xx * first.x0 + xy * first.y0 + x0,
        yx * first.xx + yy * first.yx,
        yx * first.xy + yy * first.yy,
        yx * first.x0 + yy * first.y0 + y0);
  }
}
