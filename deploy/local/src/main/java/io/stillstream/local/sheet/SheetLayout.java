package io.stillstream.local.sheet;

import io.stillstream.augmenter.geometry.ImageSize;

/**
 * Where the cells of a sheet stand. Small views are enlarged by a whole factor, so that each of
 * their pixels is a square, and no cell is narrower than its words need.
 *
 * @param view size of a view, pixels
 * @param columns cells in a row
 */
public record SheetLayout(ImageSize view, int columns) {
  /** Space around cells, pixels. */
  static final int GAP = 8;

  private static final int MIN_SIDE = 168;

  public SheetLayout {
    if (columns < 1) {
      throw new IllegalArgumentException("columns must be at least 1, was " + columns);
    }
  }

  /**
   * A nearly square number of columns, or up to three more where the last row is fuller then.
   *
   * @param cells in all rows together
   */
  public static int columnsFor(int cells) {
    int square = (int) Math.ceil(Math.sqrt(cells));
    int best = square;
    for (int columns = square; columns <= Math.min(cells, square + 3); columns++) {
      if (empty(cells, columns) < empty(cells, best)) {
        best = columns;
      }
    }
    return best;
  }

  private static int empty(int cells, int columns) {
    return Math.floorMod(-cells, columns);
  }

  /** Factor that views are enlarged by. */
  int zoom() {
    int longer = Math.max(view.height(), view.width());
    return Math.max(1, (MIN_SIDE + longer - 1) / longer);
  }

  /** Rows that a view takes. */
  public int imageHeight() {
    return view.height() * zoom();
  }

  /** Columns that a view and the words below it may take. */
  public int cellWidth() {
    return Math.max(MIN_SIDE, view.width() * zoom());
  }

  /** Left edge of a column. */
  int left(int column) {
    return GAP + column * (cellWidth() + GAP);
  }

  /** Width of the whole sheet. */
  long width() {
    return GAP + (long) columns * (cellWidth() + GAP);
  }

  /** Rows of cells. */
  int rows(int cells) {
    return (cells + columns - 1) / columns;
  }

  /** Least number of pixels of a sheet with so many cells, before anything is written on it. */
  public long leastPixels(int cells) {
    return width() * rows(cells) * (imageHeight() + (long) GAP);
  }
}
