package io.stillstream.architecture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that texts show with names and numbers of an example are those of the code. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DocumentedMessagesTest {
  private final SourceMessages sources;

  DocumentedMessagesTest() throws IOException {
    sources = new SourceMessages();
  }

  /**
   * @param beginning of the block in the text
   * @param example what the example puts in, between semicolons
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deploy/SECURITY.md        | augmenter: kafka: User:augmenter has no Write"
            + " | augmenter: ;User:augmenter;Write on topic views;Read on group augmenter"
            + ";to share the partitions, and to commit",
        "deploy/docs/operations.md | group-id: student-trainer has offsets of | student-trainer",
        "deploy/local/docs/demo.md | stillstream demo: teacher, student and data"
            + " | --dataset: ;no test part: ;birds/test",
        "deploy/local/docs/label.md | stillstream label: labels.csv line 3"
            + " | stillstream label: labels.csv line 3: ;cat, dog, bird;bidr",
        "teacher-labeler/docs/operations.md | views-0: offset 812 is to be read next | views-0",
      })
  void shouldBeThoseOfTheCode(String file, String beginning, String example) throws Exception {
    // when
    List<String> lines =
        MarkdownText.read(ProjectFiles.root().resolve(file)).codeBlocks().stream()
            .filter(block -> block.lines().get(0).startsWith(beginning))
            .flatMap(block -> block.lines().stream())
            .map(line -> withoutExample(line, example.split(";", -1)))
            .toList();
    // then
    assertThat(lines).isNotEmpty();
    assertThat(lines).filteredOn(line -> !sources.contain(line)).isEmpty();
  }

  private static String withoutExample(String line, String... values) {
    String general = line.strip();
    for (String value : values) {
      general = general.replace(value, "…");
    }
    return general;
  }
}
