package io.stillstream.architecture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that texts show with names and numbers of an example are those of the code. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DocumentedMessagesTest {
  private static final Pattern GOES_ON = Pattern.compile("^ {9,}\\S");

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
        "deploy/local/docs/forget.md | asked"
            + " | asked     forgotten-0@12, image 3f9c…;trainer   cnn;weights   ;files     "
            + ";topic     images: 1 records;deleted by age between 2026-12-03T07:01:12Z and;topic     views: ;labels: "
            + ";topic     labeled-views: 4;review-requests: ;dead-letters: ;topic     "
            + ";2026-12-10T07:01:12Z (retention.ms 604800000, segment.ms 604800000)"
            + ";object    s3://pictures/2026/photos/cat.jpg",
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

  /**
   * Reports have a name at the beginning of each row; what goes on in the next line is indented.
   */
  @ParameterizedTest
  @CsvSource({
    "deploy/local/docs/trace.md, image",
    "deploy/local/docs/trace.md, label",
    "deploy/local/docs/trace.md, mask",
    "deploy/local/docs/forget.md, asked"
  })
  void shouldHaveTheRowsOfTheCode(String file, String firstRow) throws Exception {
    // when
    List<String> rows =
        MarkdownText.read(ProjectFiles.root().resolve(file)).codeBlocks().stream()
            .filter(block -> block.lines().get(0).startsWith(firstRow + " "))
            .flatMap(block -> block.lines().stream())
            .filter(line -> !line.isBlank() && !line.equals("…") && !GOES_ON.matcher(line).find())
            .map(line -> line.strip().split(" ", 2)[0])
            .toList();
    // then
    assertThat(rows).isNotEmpty().allMatch(sources::haveLiteral);
  }

  private static String withoutExample(String line, String... values) {
    String general = line.strip();
    for (String value : values) {
      general = general.replace(value, "…");
    }
    return general;
  }
}
