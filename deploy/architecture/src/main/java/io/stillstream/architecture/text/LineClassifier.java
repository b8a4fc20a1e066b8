package io.stillstream.architecture.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells what the lines of a Markdown file are, one after another. It knows the part of CommonMark
 * that the project's files use: fences of backquotes, indented code, lists, tables of GitHub.
 */
final class LineClassifier {
  private static final Pattern MARKER = Pattern.compile("( *)([-*]|\\d+\\.)( +)\\S.*");
  private static final int CODE_INDENT = 4;

  private boolean fenced;
  private int contentIndent;
  private LineKind before = LineKind.BLANK;

  LineKind classify(String line) {
    before = kind(line);
    return before;
  }

  private LineKind kind(String line) {
    String text = line.strip();
    if (text.startsWith("```")) {
      fenced = !fenced;
      return LineKind.CODE;
    }
    if (fenced) {
      return LineKind.CODE;
    }
    if (text.isEmpty()) {
      return LineKind.BLANK;
    }
    int indent = line.length() - line.stripLeading().length();
    boolean paragraphGoesOn = before == LineKind.PROSE || before == LineKind.ITEM;
    if (!paragraphGoesOn && indent < contentIndent) {
      contentIndent = 0;
    }
    if (!paragraphGoesOn && indent >= contentIndent + CODE_INDENT) {
      return LineKind.CODE;
    }
    if (text.startsWith("#")) {
      contentIndent = 0;
      return LineKind.HEADING;
    }
    if (text.startsWith("|")) {
      return LineKind.TABLE;
    }
    Matcher marker = MARKER.matcher(line);
    if (marker.matches()) {
      contentIndent = marker.start(3) + marker.group(3).length();
      return LineKind.ITEM;
    }
    return LineKind.PROSE;
  }
}
