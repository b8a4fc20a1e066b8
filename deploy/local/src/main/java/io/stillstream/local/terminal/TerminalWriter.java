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

  private final boolean terminal;
  private final boolean colors;

  /** A writer to a pipe or a file: no line is cleared, and there are no colours. */
  public TerminalWriter(Writer out) {
    this(out, false, false);
  }

  /**
   * @param out is flushed after each line
   * @param terminal whether it is one
   * @param colors whether a terminal may show colours
   */
  public TerminalWriter(Writer out, boolean terminal, boolean colors) {
    super(out, true);
    this.terminal = terminal;
    this.colors = terminal && colors;
  }

  /** The same writer if it is one of these, else one that writes to it. */
  public static TerminalWriter of(PrintWriter out) {
    return out instanceof TerminalWriter terminal ? terminal : new TerminalWriter(out);
  }

  /** Whether a person watches. */
  public boolean isTerminal() {
    return terminal;
  }

  /** The text as it is printed as a line, or as a part of one. */
  public static String line(String text) {
    return escaped(text, "\t");
  }

  /** A part of a line, in the colour of the style where colours are shown. */
  public void print(MessageStyle style, String text) {
    raw(style.begin());
    print(line(text));
    raw(MessageStyle.end());
  }

  /** A line that begins in the colour of the style. */
  public void println(MessageStyle style, String begin, String rest) {
    print(style, begin);
    println(rest);
  }

  private void raw(String control) {
    if (colors) {
      super.write(control, 0, control.length());
    }
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
