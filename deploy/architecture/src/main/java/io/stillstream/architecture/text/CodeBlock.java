package io.stillstream.architecture.text;

import java.util.List;

/**
 * A block of code in a Markdown file.
 *
 * @param line of its first line in the file
 * @param lines without the indentation that all of them have, and without blank lines at the end
 */
public record CodeBlock(int line, List<String> lines) {
  public CodeBlock {
    lines = List.copyOf(lines);
  }

  static CodeBlock of(List<TextLine> block) {
    List<String> lines =
        String.join("\n", block.stream().map(TextLine::text).toList())
            .stripTrailing()
            .stripIndent()
            .lines()
            .toList();
    return new CodeBlock(block.get(0).number(), lines);
  }

  /** The lines, each ended by a line feed. */
  public String text() {
    return String.join("\n", lines) + "\n";
  }
}
