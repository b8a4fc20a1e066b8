package io.stillstream.local.sheet;

import io.stillstream.local.sheet.ImageCanvas.TextColor;
import io.stillstream.schemas.image.PixelCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * A contact sheet: a heading, and blocks of cells, each block beginning a new row. A row is as high
 * as its longest caption, so nothing is cut off.
 */
public final class PreviewSheet {
  private static final int LETTERS = 10;

  private final SheetLayout grid;
  private final TextWrapper wrapping;

  public PreviewSheet(SheetLayout grid) {
    this.grid = grid;
    wrapping = new TextWrapper(grid.cellWidth(), ImageCanvas::widthOf);
  }

  /** One line below a cell. */
  private record Line(TextColor ink, String words) {}

  /** A row of cells with what is written below each. */
  private record CellRow(List<SheetCell> cells, List<List<Line>> captions) {
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
  public ImageCanvas draw(List<String> heading, List<List<SheetCell>> blocks) {
    TextWrapper wide =
        new TextWrapper((int) grid.width() - 2 * SheetLayout.GAP, ImageCanvas::widthOf);
    List<String> head = heading.stream().flatMap(text -> wide.lines(text).stream()).toList();
    List<CellRow> rows = blocks.stream().flatMap(block -> rows(block).stream()).toList();
    int top = 2 * SheetLayout.GAP + head.size() * ImageCanvas.LINE;
    long height = top + rows.stream().mapToLong(this::height).sum();
    if (height * grid.width() > PixelCodec.MAX_PIXELS) {
      throw new IllegalArgumentException(
          "the sheet would have %d x %d pixels, more than %d"
              .formatted(height, grid.width(), PixelCodec.MAX_PIXELS));
    }
    ImageCanvas picture = new ImageCanvas((int) height, (int) grid.width());
    for (int line = 0; line < head.size(); line++) {
      picture.drawText(
          SheetLayout.GAP + LETTERS + line * ImageCanvas.LINE,
          SheetLayout.GAP,
          TextColor.BLACK,
          head.get(line));
    }
    for (CellRow row : rows) {
      for (int column = 0; column < row.cells().size(); column++) {
        draw(picture, top, grid.left(column), row.cells().get(column), row.captions().get(column));
      }
      top += height(row);
    }
    return picture;
  }

  private void draw(ImageCanvas picture, int top, int left, SheetCell cell, List<Line> caption) {
    int zoom =
        Math.max(1, Math.min(grid.imageHeight() / cell.height(), grid.cellWidth() / cell.width()));
    picture.drawImage(top, left, zoom, cell.pixels(), cell.height(), cell.width(), cell.channels());
    int baseline = top + grid.imageHeight() + 3 + LETTERS;
    for (Line line : caption) {
      picture.drawText(baseline, left, line.ink(), line.words());
      baseline += ImageCanvas.LINE;
    }
  }

  private int height(CellRow row) {
    return grid.imageHeight() + 3 + row.lines() * ImageCanvas.LINE + SheetLayout.GAP;
  }

  private List<CellRow> rows(List<SheetCell> block) {
    List<CellRow> rows = new ArrayList<>();
    for (int from = 0; from < block.size(); from += grid.columns()) {
      List<SheetCell> cells = block.subList(from, Math.min(block.size(), from + grid.columns()));
      rows.add(new CellRow(cells, cells.stream().map(this::caption).toList()));
    }
    return rows;
  }

  private List<Line> caption(SheetCell cell) {
    List<Line> lines = new ArrayList<>();
    wrapping.lines(cell.title()).forEach(words -> lines.add(new Line(TextColor.BLACK, words)));
    for (String text : cell.caption()) {
      wrapping.lines(text).forEach(words -> lines.add(new Line(TextColor.GREY, words)));
    }
    return lines;
  }
}
