package io.stillstream.local.sheet;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Breaks texts into lines of a given width; no text is lost. */
final class TextWrapper {
  private static final String INDENT = "  ";

  private final int width;
  private final ToIntFunction<String> measure;

  /**
   * @param width of a line
   * @param measure width of a text, in the same unit
   */
  TextWrapper(int width, ToIntFunction<String> measure) {
    this.width = width;
    this.measure = measure;
  }

  /**
   * The lines of a text: broken between words, and within a word that fills a line by itself. All
   * but the first are indented, those of an indented text once more.
   */
  List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    String line = text.startsWith(INDENT) ? INDENT : "";
    String indent = line + INDENT;
    boolean empty = true;
    for (String word : text.strip().split(" +", -1)) {
      String longer = empty ? line + word : line + " " + word;
      if (!empty && measure.applyAsInt(longer) > width) {
        lines.add(line);
        longer = indent + word;
      }
      line = longer;
      empty = false;
      for (int cut = fitting(line, indent); cut < line.length(); cut = fitting(line, indent)) {
        lines.add(line.substring(0, cut));
        line = indent + line.substring(cut);
      }
    }
    lines.add(line);
    return lines;
  }

  /** Characters of the line that fit; at least one more than an indent, so that it gets shorter. */
  private int fitting(String line, String indent) {
    int letters = line.length();
    while (letters > indent.length() + 1
        && measure.applyAsInt(line.substring(0, letters)) > width) {
      letters--;
    }
    return letters;
  }
}
