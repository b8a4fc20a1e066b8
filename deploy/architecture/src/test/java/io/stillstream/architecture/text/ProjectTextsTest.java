package io.stillstream.architecture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of all Markdown files of the project. */
final class ProjectTextsTest {
  private static final int LINE_LENGTH = 120;
  private static final int README_LINES = 150;
  private static final int LINES_WITHOUT_CONTENTS = 100;
  private static final double SENTENCE_WORDS = 20;

  @Test
  void shouldFindTheTextsThatEveryReaderBeginsWith() throws Exception {
    assertThat(ProjectFiles.markdown())
        .extracting(text -> ProjectFiles.name(text.path()))
        .contains(
            "README.md",
            ".github/CONTRIBUTING.md",
            "deploy/docs/concepts.md",
            "deploy/docs/troubleshooting.md",
            "deploy/docs/tutorial.md",
            "student-trainer/docs/settings.md");
  }

  @Test
  void shouldLinkToWhatIsThere() throws Exception {
    // when
    List<String> broken = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      for (TextLink link : text.links()) {
        LinkChecker.fault(text, link)
            .ifPresent(
                fault ->
                    broken.add(ProjectFiles.name(text.path()) + ":" + link.line() + ": " + fault));
      }
    }
    // then
    assertThat(broken).isEmpty();
  }

  @Test
  void shouldKeepLinesShort() throws Exception {
    // when
    List<String> tooLong = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      for (TextLine line : text.lines()) {
        if (isTooLong(line)) {
          tooLong.add(ProjectFiles.name(text.path()) + ":" + line.number());
        }
      }
    }
    // then
    assertThat(tooLong).as("lines of more than %d characters", LINE_LENGTH).isEmpty();
  }

  /** Tables and commands cannot be wrapped, and neither can a line that has no space. */
  private static boolean isTooLong(TextLine line) {
    String text = line.text();
    return text.codePointCount(0, text.length()) > LINE_LENGTH
        && line.kind() != LineKind.TABLE
        && line.kind() != LineKind.CODE
        && text.strip().replaceFirst("^[-*] ", "").contains(" ");
  }

  @Test
  void shouldWriteShortSentences() throws Exception {
    // when
    List<String> tiring = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      double words = Sentences.meanWords(text);
      if (words >= SENTENCE_WORDS) {
        tiring.add("%s: %.1f".formatted(ProjectFiles.name(text.path()), words));
      }
    }
    // then
    assertThat(tiring).as("texts whose sentences have %s words or more", SENTENCE_WORDS).isEmpty();
  }

  @Test
  void shouldKeepReadmesToAFewScreens() throws Exception {
    assertThat(ProjectFiles.markdown())
        .filteredOn(text -> text.path().endsWith("README.md"))
        .allSatisfy(
            text ->
                assertThat(text.lines())
                    .as(ProjectFiles.name(text.path()))
                    .hasSizeLessThanOrEqualTo(README_LINES));
  }

  @Test
  void shouldBeginLongTextsWithTheirContents() throws Exception {
    // when
    List<String> without = new ArrayList<>();
    for (MarkdownText text : ProjectFiles.markdown()) {
      if (text.lines().size() > LINES_WITHOUT_CONTENTS && !hasContents(text)) {
        without.add(ProjectFiles.name(text.path()));
      }
    }
    // then
    assertThat(without).as("texts without links to their sections").isEmpty();
  }

  /** Each section of the second level has a link before the first of them, or in its text. */
  private static boolean hasContents(MarkdownText text) {
    List<String> sections =
        MarkdownText.of(
                text.path(),
                text.lines().stream()
                    .filter(line -> line.kind() == LineKind.HEADING)
                    .map(TextLine::text)
                    .filter(heading -> heading.startsWith("## "))
                    .toList())
            .anchors()
            .stream()
            .toList();
    int firstSection =
        text.lines().stream()
            .filter(line -> line.kind() == LineKind.HEADING && line.text().startsWith("## "))
            .mapToInt(TextLine::number)
            .findFirst()
            .orElse(0);
    List<String> contents =
        text.links().stream()
            .filter(link -> link.line() < firstSection && link.target().startsWith("#"))
            .map(link -> link.target().substring(1))
            .toList();
    return contents.containsAll(sections);
  }
}
