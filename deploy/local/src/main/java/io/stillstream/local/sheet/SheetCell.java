package io.stillstream.local.sheet;

import java.util.List;

/**
 * One image of a sheet and what is written below it.
 *
 * @param pixels unsigned bytes [height, width, channels]; not copied
 * @param height rows, pixels
 * @param width columns, pixels
 * @param channels 1 (grey) or 3 (RGB)
 * @param title first line, in black
 * @param caption lines that are broken as needed, in grey
 */
@SuppressWarnings("ArrayRecordComponent") // made once, drawn once
public record SheetCell(
    byte[] pixels, int height, int width, int channels, String title, List<String> caption) {
  public SheetCell {
    caption = List.copyOf(caption);
  }
}
