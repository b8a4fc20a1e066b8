package io.stillstream.local.terminal;

import java.io.PrintWriter;
import java.io.Writer;

/**
 * A writer to a terminal that lets no text control it. Records, headers and names of files hold
 * whatever their senders put there, and most commands print some of it. Control characters, those
 * that turn the direction of writing, and those without a width come out as {@code \}{@code u001b}
 * and the like.
 *
 * <p>{@link #println(String)} prints one line: a line break in its text comes out in the same way,
 * so that no text can look like a line of ours. The other methods let line breaks and tabs through.
 * In JSON such characters stand in strings only, and the escapes are JSON's: what is printed is
 * still JSON, and says the same.
 */
public final class TerminalWriter extends PrintWriter {
  private static final String CLEAR_LINE = "\r\u001b[K";

  /**
   * @param out is flushed after each line
   */
  public TerminalWriter(Writer out) {
    super(out, true);
  }

  /** The same writer if it is one of these, else one that writes to it. */
  public static TerminalWriter of(PrintWriter out) {
    return out instanceof TerminalWriter terminal ? terminal : new TerminalWriter(out);
  }

  /**
   * Whether a person watches. The launcher passes it: Java's console would need stdin to be a
   * terminal too.
   */
  public static boolean isTerminal() {
    return Boolean.getBoolean("stillstream.terminal");
  }

  /** The text as it is printed as a line, or as a part of one. */
  public static String line(String text) {
    return escaped(text, "\t");
  }

  /** Goes back to the beginning of the present line and clears it; on a terminal only. */
  public void clearLine() {
    super.write(CLEAR_LINE, 0, CLEAR_LINE.length());
  }

  @Override
  public void println(String line) {
    super.println(line(String.valueOf(line)));
  }

  @Override
  public void write(int character) {
    write(Character.toString(character));
  }

  @Override
  public void write(char[] buffer, int offset, int length) {
    write(new String(buffer, offset, length));
  }

  @Override
  public void write(String text, int offset, int length) {
    String escaped = escaped(text.substring(offset, offset + length), "\n\t");
    super.write(escaped, 0, escaped.length());
  }

  private static String escaped(String text, String allowed) {
    if (text.codePoints().allMatch(each -> isHarmless(each, allowed))) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            each -> {
              if (isHarmless(each, allowed)) {
                escaped.appendCodePoint(each);
              } else {
                for (char unit : Character.toChars(each)) {
                  escaped.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return escaped.toString();
  }

  private static boolean isHarmless(int character, String allowed) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          allowed.indexOf(character) >= 0;
      default -> true;
    };
  }
}
