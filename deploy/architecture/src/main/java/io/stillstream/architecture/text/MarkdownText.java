package io.stillstream.architecture.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown file, line by line.
 *
 * @param path absolute
 */
public record MarkdownText(Path path, List<TextLine> lines) {
  private static final Pattern LINK = Pattern.compile("]\\(([^()\\s]+)\\)|<(https?:[^>\\s]*)>");
  private static final Pattern CODE_SPAN = Pattern.compile("(`+)(.+?)\\1");

  public MarkdownText {
    lines = List.copyOf(lines);
  }

  public static MarkdownText read(Path path) throws IOException {
    return of(path, Files.readAllLines(path));
  }

  public static MarkdownText of(Path path, List<String> text) {
    LineClassifier classifier = new LineClassifier();
    List<TextLine> lines = new ArrayList<>();
    for (String line : text) {
      lines.add(new TextLine(lines.size() + 1, classifier.classify(line), line));
    }
    return new MarkdownText(path, lines);
  }

  /** The fragments of links to headings, as GitHub makes them; the second of a name ends in -1. */
  public Set<String> anchors() {
    Set<String> anchors = new LinkedHashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    for (TextLine line : lines) {
      if (line.kind() == LineKind.HEADING) {
        String slug = slug(line.text().replaceFirst("^#+ *", ""));
        int before = seen.merge(slug, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? slug : slug + "-" + before);
      }
    }
    return anchors;
  }

  private static String slug(String heading) {
    return heading
        .replaceAll("]\\([^)]*\\)", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  /** Targets of links and of addresses in angle brackets, outside of code. */
  public List<TextLink> links() {
    List<TextLink> links = new ArrayList<>();
    for (TextLine block : blocks()) {
      Matcher link = LINK.matcher(CODE_SPAN.matcher(block.text()).replaceAll("code"));
      while (link.find()) {
        links.add(
            new TextLink(block.number(), link.group(1) == null ? link.group(2) : link.group(1)));
      }
    }
    return links;
  }

  /** What stands between backquotes outside of blocks of code. */
  public List<TextLine> codeSpans() {
    List<TextLine> spans = new ArrayList<>();
    for (TextLine block : blocks()) {
      Matcher span = CODE_SPAN.matcher(block.text());
      while (span.find()) {
        spans.add(new TextLine(block.number(), LineKind.CODE, span.group(2).strip()));
      }
    }
    return spans;
  }

  /** Paragraphs and list items, each joined to one line. Headings and rows of tables are none. */
  public List<TextLine> paragraphs() {
    return blocks().stream()
        .filter(block -> block.kind() == LineKind.PROSE || block.kind() == LineKind.ITEM)
        .toList();
  }

  /** Headings, rows of tables, paragraphs and list items. */
  private List<TextLine> blocks() {
    List<TextLine> blocks = new ArrayList<>();
    boolean open = false;
    for (TextLine line : lines) {
      if (line.kind() == LineKind.PROSE && open) {
        TextLine block = blocks.remove(blocks.size() - 1);
        blocks.add(
            new TextLine(block.number(), block.kind(), block.text() + " " + line.text().strip()));
      } else if (line.kind() != LineKind.BLANK && line.kind() != LineKind.CODE) {
        blocks.add(line);
      }
      open = line.kind() == LineKind.PROSE || line.kind() == LineKind.ITEM;
    }
    return blocks;
  }

  /** The blocks of code, without their indentation and fences. */
  public List<CodeBlock> codeBlocks() {
    List<CodeBlock> found = new ArrayList<>();
    List<TextLine> block = new ArrayList<>();
    for (TextLine line : lines) {
      boolean fence = line.kind() == LineKind.CODE && line.text().strip().startsWith("```");
      boolean inBlock = line.kind() == LineKind.CODE && !fence;
      // An indented block may have blank lines within it.
      if (inBlock || (line.kind() == LineKind.BLANK && !block.isEmpty())) {
        block.add(line);
      } else if (!block.isEmpty()) {
        found.add(CodeBlock.of(block));
        block.clear();
      }
    }
    if (!block.isEmpty()) {
      found.add(CodeBlock.of(block));
    }
    return found;
  }
}
