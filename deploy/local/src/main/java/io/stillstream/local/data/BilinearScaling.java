package io.stillstream.local.data;

/**
 * Brings a grid of numbers to a square of another size, by bilinear interpolation between the
 * centres of cells; beyond the outermost centres the numbers stay as they are (PyTorch's {@code
 * interpolate} with {@code align_corners=False}). Plain Java, so the same everywhere.
 */
final class BilinearScaling {
  private BilinearScaling() {}

  /**
   * The grid in {@code side} rows and columns.
   *
   * @param grid numbers [height, width], row-major
   */
  static double[] scaled(double[] grid, int height, int width, int side) {
    double[] scaled = new double[side * side];
    for (int y = 0; y < side; y++) {
      double row = position(y, height, side);
      int upper = (int) row;
      int lower = Math.min(upper + 1, height - 1);
      for (int x = 0; x < side; x++) {
        double column = position(x, width, side);
        int left = (int) column;
        int right = Math.min(left + 1, width - 1);
        double above = between(grid[upper * width + left], grid[upper * width + right], column);
        double below = between(grid[lower * width + left], grid[lower * width + right], column);
        scaled[y * side + x] = between(above, below, row);
      }
    }
    return scaled;
  }

  /** Where the centre of a target cell lies, counted in source cells from the first centre. */
  private static double position(int target, int cells, int side) {
    return Math.max(0, (target + 0.5) * cells / side - 0.5);
  }

  private static double between(double first, double second, double position) {
    return first + (position - (int) position) * (second - first);
  }
}
