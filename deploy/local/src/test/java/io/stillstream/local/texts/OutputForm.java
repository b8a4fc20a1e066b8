package io.stillstream.local.texts;

import io.stillstream.architecture.text.CodeBlock;
import io.stillstream.architecture.text.MarkdownText;
import io.stillstream.architecture.text.ProjectFiles;
import java.io.IOException;
import java.util.List;

/** Outputs of programs without what differs from run to run. */
public final class OutputForm {
  private OutputForm() {}

  /** The line with # for each number, ADDRESS for each URI, and one space for several. */
  public static String of(String line) {
    return line.replaceAll("\\w+://\\S+", "ADDRESS")
        .replaceAll("\\b[0-9a-f]{12}\\b", "HASH")
        .replaceAll("[+-]?\\d[\\d,]*(\\.\\d+)?", "#")
        .replaceAll("\\s+", " ")
        .strip();
  }

  /**
   * The lines of a block of code in a text.
   *
   * @param file relative to the project's directory
   * @param beginning of the block's first line, without its indentation
   */
  public static List<String> documented(String file, String beginning) throws IOException {
    return MarkdownText.read(ProjectFiles.root().resolve(file)).codeBlocks().stream()
        .filter(block -> block.lines().get(0).strip().startsWith(beginning))
        .map(CodeBlock::lines)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(file + " has no block of " + beginning));
  }
}
