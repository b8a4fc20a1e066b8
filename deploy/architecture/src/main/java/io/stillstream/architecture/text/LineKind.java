package io.stillstream.architecture.text;

/** What a line of a Markdown file is. */
public enum LineKind {
  BLANK,
  HEADING,
  /** A row of a table. */
  TABLE,
  /** A line of a fenced or indented block, or a fence. */
  CODE,
  /** The first line of a list item. */
  ITEM,
  /** Any other text; it goes on with the line before. */
  PROSE
}
