package io.stillstream.local.data;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A garment on a square, and which pixels belong to it: those brighter than {@link #DARK}, with
 * gaps of up to four pixels closed and holes filled.
 */
final class GarmentCutout {
  /** Pixels up to this are background, 0 to 255. */
  static final double DARK = 20;

  /** By how many pixels the outline grows and shrinks again. */
  private static final int CLOSING = 2;

  private final int side;
  private final double[] pixels;
  private final boolean[] outline;

  private GarmentCutout(int side, double[] pixels, boolean[] outline) {
    this.side = side;
    this.pixels = pixels;
    this.outline = outline;
  }

  /**
   * The garment in another size.
   *
   * @param grey unsigned bytes [height, width]
   * @param mirrored whether left and right are exchanged
   */
  static GarmentCutout of(byte[] grey, int height, int width, int side, boolean mirrored) {
    double[] values = new double[grey.length];
    for (int i = 0; i < grey.length; i++) {
      values[i] = grey[mirrored ? i - i % width + width - 1 - i % width : i] & 0xFF;
    }
    double[] pixels = BilinearScaling.scaled(values, height, width, side);
    boolean[] outline = new boolean[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      outline[i] = pixels[i] > DARK;
    }
    return new GarmentCutout(side, pixels, withoutHoles(closed(outline, side), side));
  }

  /** Rows, and columns. */
  int side() {
    return side;
  }

  /** Whether a pixel belongs to the garment. */
  boolean covers(int row, int column) {
    return outline[row * side + column];
  }

  /** Brightness of a pixel, 0 to 255. */
  double brightness(int row, int column) {
    return pixels[row * side + column];
  }

  private static boolean[] closed(boolean[] shape, int side) {
    boolean[] grown = shape;
    for (int i = 0; i < CLOSING; i++) {
      grown = grown(grown, side);
    }
    boolean[] ground = inverted(grown);
    for (int i = 0; i < CLOSING; i++) {
      ground = grown(ground, side);
    }
    boolean[] closed = inverted(ground);
    for (int i = 0; i < closed.length; i++) {
      closed[i] |= shape[i];
    }
    return closed;
  }

  /** With the four neighbours of each pixel. */
  private static boolean[] grown(boolean[] shape, int side) {
    boolean[] grown = shape.clone();
    for (int i = 0; i < shape.length; i++) {
      if (shape[i]) {
        for (int neighbour : neighbours(i, side)) {
          grown[neighbour] = true;
        }
      }
    }
    return grown;
  }

  private static boolean[] inverted(boolean[] shape) {
    boolean[] inverted = new boolean[shape.length];
    for (int i = 0; i < shape.length; i++) {
      inverted[i] = !shape[i];
    }
    return inverted;
  }

  /** A hole is ground that no way leads to from the edge of the square. */
  private static boolean[] withoutHoles(boolean[] shape, int side) {
    boolean[] filled = new boolean[shape.length];
    Arrays.fill(filled, true);
    Deque<Integer> reached = new ArrayDeque<>();
    for (int i = 0; i < shape.length; i++) {
      boolean edge = i < side || i >= shape.length - side || i % side == 0 || i % side == side - 1;
      if (edge && !shape[i]) {
        filled[i] = false;
        reached.add(i);
      }
    }
    while (!reached.isEmpty()) {
      for (int neighbour : neighbours(reached.remove(), side)) {
        if (filled[neighbour] && !shape[neighbour]) {
          filled[neighbour] = false;
          reached.add(neighbour);
        }
      }
    }
    return filled;
  }

  /** A pixel's neighbours above, below, left and right; at the edge of the square itself. */
  private static int[] neighbours(int pixel, int side) {
    int column = pixel % side;
    return new int[] {
      pixel < side ? pixel : pixel - side,
      pixel >= side * (side - 1) ? pixel : pixel + side,
      column == 0 ? pixel : pixel - 1,
      column == side - 1 ? pixel : pixel + 1
    };
  }
}
