package io.stillstream.architecture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MarkdownTextTest {
  private static final MarkdownText SAMPLE =
      text(
          """
          # Title, with `code`

          A paragraph of two lines. It has a [link
          over two](other.md#part) of them, and <https://example.com/x>.

              first command
                indented

              third line

          1. An item.
             It goes on.

                 code of the item

          2. Another item
          - a third one, `[no](link.md)`

          | a | [b](table.md) |
          |---|---|

          ```
          # no heading
          ```

          ## Title, with code
          """);

  @Test
  void shouldTellTextFromCode() {
    assertThat(SAMPLE.codeBlocks())
        .extracting(CodeBlock::text)
        .containsExactly(
            "first command\n  indented\n\nthird line\n", "code of the item\n", "# no heading\n");
    assertThat(SAMPLE.codeBlocks()).extracting(CodeBlock::line).containsExactly(6, 14, 23);
  }

  @Test
  void shouldJoinTheLinesOfAParagraph() {
    assertThat(SAMPLE.paragraphs())
        .extracting(TextLine::number, TextLine::text)
        .satisfiesExactly(
            first -> assertThat(first.toList().get(0)).isEqualTo(3),
            item -> assertThat(item.toList()).containsExactly(11, "1. An item. It goes on."),
            another -> assertThat(another.toList()).containsExactly(16, "2. Another item"),
            third -> assertThat(third.toList().get(0)).isEqualTo(17));
  }

  @Test
  void shouldFindLinksOutsideOfCode() {
    assertThat(SAMPLE.links())
        .containsExactly(
            new TextLink(3, "other.md#part"),
            new TextLink(3, "https://example.com/x"),
            new TextLink(19, "table.md"));
  }

  @Test
  void shouldNameHeadingsAsGitHubDoes() {
    assertThat(SAMPLE.anchors()).containsExactly("title-with-code", "title-with-code-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "It takes 2.5 s. Then it ends.                      | 4, 3",
        "One, two; three: four                              | 4",
        "`a b. C` is code. [A link](to/somewhere.md) is two? | 3, 4",
        "See e.g. this one.                                 | 4",
        "- an item                                          | 2",
        "Ends (in brackets.) \"Begins\" again!              | 3, 2",
      })
  void shouldCountTheWordsOfSentences(String paragraph, String words) {
    // when
    List<String> counted =
        Sentences.of(text(paragraph + "\n")).stream()
            .map(sentence -> String.valueOf(Sentences.words(sentence)))
            .toList();
    // then
    assertThat(String.join(", ", counted)).isEqualTo(words);
  }

  @Test
  void shouldFindWhatIsWrongWithALink() throws Exception {
    assertThat(LinkChecker.fault(SAMPLE, new TextLink(1, "http://example.com/"))).isPresent();
    assertThat(LinkChecker.fault(SAMPLE, new TextLink(1, "https://example/"))).isPresent();
    assertThat(LinkChecker.fault(SAMPLE, new TextLink(1, "missing.md"))).isPresent();
    assertThat(LinkChecker.fault(SAMPLE, new TextLink(1, "pom.xml#x"))).isPresent();
    assertThat(LinkChecker.fault(SAMPLE, new TextLink(1, "README.md#missing"))).isPresent();
    assertThat(LinkChecker.fault(SAMPLE, new TextLink(1, "README.md#try-it"))).isEmpty();
    assertThat(LinkChecker.fault(SAMPLE, new TextLink(1, "http://localhost:9403/x"))).isEmpty();
  }

  private static MarkdownText text(String text) {
    Path path = ProjectFiles.root().resolve("sample.md");
    return MarkdownText.of(path, text.lines().toList());
  }
}
