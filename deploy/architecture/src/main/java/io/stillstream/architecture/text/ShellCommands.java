package io.stillstream.architecture.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The commands of a shell in Markdown files. A line of a block of code is one if its first word is
 * a program that the texts use, or a script of the project.
 */
public final class ShellCommands {
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Z_]+=.*");
  private static final Pattern REDIRECTION = Pattern.compile("\\d?[<>]+&?");
  private static final Set<String> SEPARATORS = Set.of("|", "||", "&&", "&");
  private static final Set<String> PROGRAMS =
      Set.of("bash", "java", "mvn", "curl", "docker", "python3", "kubectl");
  private static final Set<String> PREFIXES = Set.of("do", "then", "sudo", "$");
  private static final Pattern SCRIPT = Pattern.compile("(deploy|\\.ci)/\\S+");

  private ShellCommands() {}

  /** All commands of all Markdown files of the project. */
  public static List<ShellCommand> ofProject() throws IOException {
    List<ShellCommand> commands = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      commands.addAll(of(text));
    }
    return commands;
  }

  /** The commands in the blocks of code of one file. */
  public static List<ShellCommand> of(MarkdownText text) {
    List<ShellCommand> commands = new ArrayList<>();
    for (CodeBlock block : text.codeBlocks()) {
      List<String> lines = block.lines();
      for (int at = 0; at < lines.size(); at++) {
        if (isCommand(new ShellWords(lines.get(at)).all())) {
          StringBuilder command = new StringBuilder(lines.get(at));
          int first = at;
          while (goesOn(command) && at + 1 < lines.size()) {
            at++;
            command.append('\n').append(lines.get(at));
          }
          for (List<String> words : split(new ShellWords(command.toString()).all())) {
            if (isCommand(words)) {
              commands.add(new ShellCommand(text.path(), block.line() + first, bare(words)));
            }
          }
        }
      }
    }
    return commands;
  }

  /**
   * A command that a sentence names between backquotes, as in {@code `stillstream demo --exit`}.
   */
  public static List<ShellCommand> inSentences(MarkdownText text, String firstWords) {
    return text.codeSpans().stream()
        .filter(span -> span.text().startsWith(firstWords + " "))
        .map(
            span -> new ShellCommand(text.path(), span.number(), new ShellWords(span.text()).all()))
        .toList();
  }

  private static boolean goesOn(CharSequence command) {
    return command.charAt(command.length() - 1) == '\\'
        || new ShellWords(command.toString()).hasOpenQuote();
  }

  private static boolean isCommand(List<String> words) {
    List<String> bare = bare(words);
    return !bare.isEmpty()
        && (PROGRAMS.contains(bare.get(0)) || SCRIPT.matcher(bare.get(0)).matches());
  }

  private static List<String> bare(List<String> words) {
    int first = 0;
    while (first < words.size()
        && (PREFIXES.contains(words.get(first))
            || ASSIGNMENT.matcher(words.get(first)).matches())) {
      first++;
    }
    return words.subList(first, words.size());
  }

  private static List<List<String>> split(List<String> words) {
    List<List<String>> commands = new ArrayList<>();
    List<String> command = new ArrayList<>();
    boolean target = false;
    for (String word : words) {
      if (target) {
        target = false;
      } else if (REDIRECTION.matcher(word).matches()) {
        target = true;
      } else if (SEPARATORS.contains(word)) {
        commands.add(command);
        command = new ArrayList<>();
      } else if (word.endsWith(";")) {
        command.add(word.substring(0, word.length() - 1));
        commands.add(command);
        command = new ArrayList<>();
      } else {
        command.add(word);
      }
    }
    commands.add(command);
    return commands;
  }
}
