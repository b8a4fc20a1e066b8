package io.stillstream.architecture.text;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The sentences of a Markdown file's paragraphs and list items.
 *
 * <p>A sentence ends with a full stop, question mark or exclamation mark before a space, unless a
 * small letter follows, and with its paragraph or list item. A comma, a colon or a semicolon ends
 * none. Headings, tables and blocks of code are not counted, nor are the targets of links. What
 * stands between backquotes is one word.
 */
public final class Sentences {
  private static final Pattern END = Pattern.compile("(?<=[.!?])[)\"*_”]*\\s+(?![a-z])");

  private Sentences() {}

  public static List<String> of(MarkdownText text) {
    return text.paragraphs().stream()
        .map(paragraph -> plain(paragraph.text()))
        .flatMap(paragraph -> Arrays.stream(END.split(paragraph)))
        .filter(sentence -> words(sentence) > 0)
        .toList();
  }

  /** Words of a sentence: what has a letter or a digit, between spaces. */
  public static int words(String sentence) {
    return (int)
        Arrays.stream(sentence.split("\\s+"))
            .filter(word -> word.codePoints().anyMatch(Character::isLetterOrDigit))
            .count();
  }

  /** Mean words of a sentence; 0 if there is none. */
  public static double meanWords(MarkdownText text) {
    return of(text).stream().mapToInt(Sentences::words).average().orElse(0);
  }

  private static String plain(String markdown) {
    return markdown
        .replaceFirst("^ *([-*]|\\d+\\.) +", "")
        .replaceAll("(`+).+?\\1", "code")
        .replaceAll("!?\\[([^]]*)]\\([^)]*\\)", "$1")
        .replaceAll("<https?:[^>]*>", "address");
  }
}
