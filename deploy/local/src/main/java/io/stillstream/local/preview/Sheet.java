package io.stillstream.local.preview;

import io.stillstream.local.picture.Picture;
import io.stillstream.local.picture.Picture.Ink;
import io.stillstream.schemas.pixels.PixelCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * A contact sheet: a heading, and blocks of cells, each block beginning a new row. A row is as high
 * as its longest caption, so nothing is cut off.
 */
final class Sheet {
  private static final int LETTERS = 10;

  private final Grid grid;
  private final Wrapping wrapping;

  Sheet(Grid grid) {
    this.grid = grid;
    wrapping = new Wrapping(grid.cellWidth(), Picture::widthOf);
  }

  /** One line below a cell. */
  private record Line(Ink ink, String words) {}

  /** A row of cells with what is written below each. */
  private record Row(List<Cell> cells, List<List<Line>> captions) {
    int lines() {
      return captions.stream().mapToInt(List::size).max().orElseThrow();
    }
  }

  /**
   * Draws the sheet.
   *
   * @param heading texts above the cells
   * @param blocks cells of one image each, none empty
   * @return the picture
   * @throws IllegalArgumentException if it would have more pixels than {@link
   *     PixelCodec#MAX_PIXELS}
   */
  Picture draw(List<String> heading, List<List<Cell>> blocks) {
    Wrapping wide = new Wrapping((int) grid.width() - 2 * Grid.GAP, Picture::widthOf);
    List<String> head = heading.stream().flatMap(text -> wide.lines(text).stream()).toList();
    List<Row> rows = blocks.stream().flatMap(block -> rows(block).stream()).toList();
    int top = 2 * Grid.GAP + head.size() * Picture.LINE;
    long height = top + rows.stream().mapToLong(this::height).sum();
    if (height * grid.width() > PixelCodec.MAX_PIXELS) {
      throw new IllegalArgumentException(
          "the sheet would have %d x %d pixels, more than %d"
              .formatted(height, grid.width(), PixelCodec.MAX_PIXELS));
    }
    Picture picture = new Picture((int) height, (int) grid.width());
    for (int line = 0; line < head.size(); line++) {
      picture.write(Grid.GAP + LETTERS + line * Picture.LINE, Grid.GAP, Ink.BLACK, head.get(line));
    }
    for (Row row : rows) {
      for (int column = 0; column < row.cells().size(); column++) {
        draw(picture, top, grid.left(column), row.cells().get(column), row.captions().get(column));
      }
      top += height(row);
    }
    return picture;
  }

  private void draw(Picture picture, int top, int left, Cell cell, List<Line> caption) {
    int zoom =
        Math.max(1, Math.min(grid.imageHeight() / cell.height(), grid.cellWidth() / cell.width()));
    picture.paint(top, left, zoom, cell.pixels(), cell.height(), cell.width(), cell.channels());
    int baseline = top + grid.imageHeight() + 3 + LETTERS;
    for (Line line : caption) {
      picture.write(baseline, left, line.ink(), line.words());
      baseline += Picture.LINE;
    }
  }

  private int height(Row row) {
    return grid.imageHeight() + 3 + row.lines() * Picture.LINE + Grid.GAP;
  }

  private List<Row> rows(List<Cell> block) {
    List<Row> rows = new ArrayList<>();
    for (int from = 0; from < block.size(); from += grid.columns()) {
      List<Cell> cells = block.subList(from, Math.min(block.size(), from + grid.columns()));
      rows.add(new Row(cells, cells.stream().map(this::caption).toList()));
    }
    return rows;
  }

  private List<Line> caption(Cell cell) {
    List<Line> lines = new ArrayList<>();
    wrapping.lines(cell.title()).forEach(words -> lines.add(new Line(Ink.BLACK, words)));
    for (String text : cell.caption()) {
      wrapping.lines(text).forEach(words -> lines.add(new Line(Ink.GREY, words)));
    }
    return lines;
  }
}
