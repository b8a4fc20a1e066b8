package io.stillstream.architecture.text;

import java.nio.file.Path;
import java.util.List;

/**
 * A command of a shell that a Markdown file shows.
 *
 * @param file the Markdown file
 * @param line where the block or the paragraph begins that has it
 * @param words without quotes, comments, redirections and settings of environment variables
 */
public record ShellCommand(Path file, int line, List<String> words) {
  public ShellCommand {
    words = List.copyOf(words);
  }

  public boolean startsWith(String... first) {
    return words.size() >= first.length && words.subList(0, first.length).equals(List.of(first));
  }

  /** Whether it stands for many commands: it has brackets around what may be left out, or dots. */
  public boolean isSynopsis() {
    return words.stream()
        .anyMatch(word -> word.startsWith("[") || word.endsWith("]") || word.contains("…"));
  }

  /** The words from a place on. */
  public List<String> from(int first) {
    return words.subList(first, words.size());
  }

  @Override
  public String toString() {
    return ProjectFiles.name(file) + ":" + line + ": " + String.join(" ", words);
  }
}
