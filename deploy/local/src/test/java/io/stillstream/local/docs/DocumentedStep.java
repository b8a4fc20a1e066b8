package io.stillstream.local.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A block of commands in a text, and what the text says that it prints.
 *
 * @param command the text of a fenced block {@code sh}
 * @param runsOn whether it is to run in a terminal of its own: {@code sh terminal}
 * @param output the lines of the block without a language that follows; empty if there is none
 */
record DocumentedStep(String command, boolean runsOn, List<String> output) {
  private static final String FENCE = "```";
  private static final Pattern VALUE =
      Pattern.compile("[0-9a-f]{12,}|\\d[\\d.,]*(E-?\\d+)?|(?<=\":)\"[^\"]*\"");

  DocumentedStep {
    output = List.copyOf(output);
  }

  /**
   * The steps of a text in Markdown, in their order.
   *
   * @throws IllegalArgumentException if an output follows no command, or a block has no end
   */
  static List<DocumentedStep> of(List<String> lines) {
    List<DocumentedStep> steps = new ArrayList<>();
    for (int at = 0; at < lines.size(); at++) {
      if (!lines.get(at).startsWith(FENCE)) {
        continue;
      }
      String language = lines.get(at).substring(FENCE.length());
      List<String> block = lines.subList(at + 1, end(lines, at + 1));
      switch (language) {
        case "sh", "sh terminal" ->
            steps.add(
                new DocumentedStep(
                    String.join("\n", block), language.endsWith("terminal"), List.of()));
        case "" -> steps.set(steps.size() - 1, withOutput(steps, block, at + 1));
        default -> {}
      }
      at += block.size() + 1;
    }
    return steps;
  }

  private static int end(List<String> lines, int begin) {
    for (int at = begin; at < lines.size(); at++) {
      if (lines.get(at).equals(FENCE)) {
        return at;
      }
    }
    throw new IllegalArgumentException("the block at line " + begin + " has no end");
  }

  private static DocumentedStep withOutput(
      List<DocumentedStep> steps, List<String> output, int line) {
    if (steps.isEmpty() || !steps.get(steps.size() - 1).output.isEmpty()) {
      throw new IllegalArgumentException("the output at line " + line + " follows no command");
    }
    DocumentedStep last = steps.get(steps.size() - 1);
    return new DocumentedStep(last.command, last.runsOn, output);
  }

  /**
   * The first line of the output that is not in what was printed, in this order; empty if all are.
   * Between two lines there may be others, which a text shows as …
   */
  String missingIn(String printed) {
    String form = form(printed);
    int from = 0;
    for (String line : output) {
      if (line.equals("…")) {
        continue;
      }
      int at = form.indexOf(form(line), from);
      if (at < 0) {
        return line;
      }
      from = at + 1;
    }
    return "";
  }

  /** Whether it only asks, so that it may be run again. */
  boolean repeatable() {
    return command.contains("stillstream trace ");
  }

  /** Numbers, hashes and texts in JSON differ from run to run. */
  private static String form(String text) {
    return VALUE.matcher(text).replaceAll("#");
  }
}
