package io.stillstream.architecture.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts that programs print, as their sources have them: literals that are joined by plus signs
 * are one text, in which whatever is put in is a gap.
 */
public final class SourceMessages {
  private static final Pattern COMMENT =
      Pattern.compile("/\\*.*?\\*/|(?<=\\s)//[^\\n]*", Pattern.DOTALL);

  private static final Pattern JAVA_LITERAL =
      Pattern.compile(
          "\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\\n]|\\\\.)*)\"|'(?:[^'\\\\]|\\\\.)'", Pattern.DOTALL);

  private static final Pattern SCRIPT_LITERAL = Pattern.compile("\"([^\"\\n]*)\"");
  private static final Pattern PAGE_LITERAL = Pattern.compile("'((?:[^'\\\\\\n])*)'|`([^`]*)`");

  /** What stands between two literals that are parts of one text. */
  private static final Pattern JOINT = Pattern.compile("\\s*\\+[^;{}]*\\+\\s*|\\s*\\+\\s*");

  private static final Pattern PUT_IN =
      Pattern.compile("%(\\d+\\$)?[-,.\\d]*[sdfeE]|\\$\\{[^}]*}|\\$\\w+|\\$[*@]");

  private static final Pattern CONSTANT =
      Pattern.compile("^ +([A-Z]+(_[A-Z]+)*)[(,;]", Pattern.MULTILINE);

  /** Shorter texts say nothing: they would be found in any message. */
  private static final int LEAST = 10;

  /** Of a message's characters, those that texts of the sources have to cover. */
  private static final double SHARE = 0.6;

  private static final char GAP = '\0';
  private static final char PLACEHOLDER = '…';

  private final Set<String> texts = new HashSet<>();
  private final Set<String> constants = new HashSet<>();

  public SourceMessages() throws IOException {
    for (Path file : ProjectFiles.withSuffix(".java")) {
      if (file.toString().contains("/src/main/")) {
        String source = COMMENT.matcher(Files.readString(file)).replaceAll("");
        CONSTANT.matcher(source).results().forEach(constant -> constants.add(constant.group(1)));
        read(JAVA_LITERAL.matcher(source), source);
      }
    }
    for (Path file : ProjectFiles.withSuffix(".js")) {
      if (file.toString().contains("/src/main/")) {
        String source = COMMENT.matcher(Files.readString(file)).replaceAll("");
        read(PAGE_LITERAL.matcher(source), source);
      }
    }
    String launcher = Files.readString(ProjectFiles.root().resolve("deploy/stillstream"));
    read(SCRIPT_LITERAL.matcher(launcher), launcher);
  }

  private void read(Matcher literal, String source) {
    StringBuilder text = new StringBuilder();
    int end = -1;
    while (literal.find()) {
      String between = end < 0 ? ";" : source.substring(end, literal.start());
      if (!JOINT.matcher(between).matches() || closes(between)) {
        add(text);
      } else if (!between.strip().equals("+")) {
        text.append(GAP);
      }
      text.append(content(literal));
      end = literal.end();
    }
    add(text);
  }

  /** A choice in brackets ends there: what follows comes after either of its texts. */
  private static boolean closes(String between) {
    return between.chars().filter(character -> character == ')').count()
        > between.chars().filter(character -> character == '(').count();
  }

  /** Each line of a text of several lines is a message. */
  private void add(StringBuilder text) {
    PUT_IN
        .matcher(text)
        .replaceAll(String.valueOf(GAP))
        .lines()
        .map(String::strip)
        .forEach(texts::add);
    text.setLength(0);
  }

  private static String content(Matcher literal) {
    for (int group = 1; group <= literal.groupCount(); group++) {
      if (literal.group(group) != null) {
        return literal.group(group).replace("\\n", "\n").replace("\\\"", "\"");
      }
    }
    return "";
  }

  /**
   * Whether programs can print the message: texts of the sources cover most of it, each with all of
   * its parts in their order.
   *
   * @param message in which dots (…) stand for what is put in
   */
  public boolean contain(String message) {
    BitSet covered = new BitSet();
    for (String text : texts) {
      cover(text, message, covered);
    }
    long wanted = message.chars().filter(character -> character != PLACEHOLDER).count();
    return covered.cardinality() >= wanted * SHARE;
  }

  private static void cover(String text, String message, BitSet covered) {
    if (text.length() < LEAST) {
      return;
    }
    BitSet found = new BitSet();
    int from = 0;
    for (String part : text.split(String.valueOf(GAP), -1)) {
      int at = message.indexOf(part, from);
      if (at < 0) {
        return;
      }
      from = at + part.length();
      found.set(at, from);
    }
    if (found.cardinality() >= LEAST) {
      covered.or(found);
    }
  }

  /** Whether a literal is exactly this text, as the names of metrics and reasons are. */
  public boolean haveLiteral(String text) {
    return texts.contains(text);
  }

  /** Whether an enumeration has the constant. */
  public boolean haveConstant(String name) {
    return constants.contains(name);
  }
}
