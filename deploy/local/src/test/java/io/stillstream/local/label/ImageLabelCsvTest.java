package io.stillstream.local.label;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.ImageLabel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageLabelCsvTest {
  private static final Instant NOW = Instant.parse("2026-11-30T09:00:00Z");

  @TempDir private Path directory;
  private final List<ImageLabel> labels = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  @Test
  void shouldReadLabelsWithAndWithoutSourceAndTime() throws Exception {
    // when
    read(
        """
        \uFEFFimageId, Label ,source,labeledAt\r
        a/1.jpg,dog\r

        b,0,alice
         c , 1 , , 2026-11-26T08:00:00+01:00
        "d, ""the"" e",cat,"bob, too",2026-11-26T07:00:00.5Z
        a/1.jpg,cat""");

    // then
    assertThat(problems).isEmpty();
    assertThat(labels)
        .containsExactly(
            label("a/1.jpg", 1, "me", NOW),
            label("b", 0, "alice", NOW),
            label("c", 1, "me", Instant.parse("2026-11-26T07:00:00Z")),
            label("d, \"the\" e", 0, "bob, too", Instant.parse("2026-11-26T07:00:00.5Z")),
            label("a/1.jpg", 0, "me", NOW));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "a | must be imageId,label or imageId,label,source,labeledAt, was a",
        "a,1,b,2026-11-26T07:00:00Z,c | must be imageId,label",
        ",1 | imageId must not be empty",
        "a, | label must be 0 to 1, or one of cat, dog, was \"\"",
        "a,2 | was \"2\"",
        "a,bird | was \"bird\"",
        "a,1,b,yesterday | labeledAt must be a time from 1970 to 9999 such as 2026-11-26T07:00:00Z, was yesterday",
        "a,1,b,2026-11-26T07:00:00 | was 2026-11-26T07:00:00",
        "a,1,b,1969-12-31T23:59:59Z | was 1969-12-31T23:59:59Z",
        "a,1,b,+999999999-01-01T00:00:00Z | was +999999999",
        "\"a,1 | a quote is not closed",
        "\"a\"b,1 | a comma must follow a closing quote"
      })
  void shouldNameFileLineAndValueOfABadLine(String line, String message) throws Exception {
    // when
    Path file = read("good,1\n" + line.strip() + "\nalso good,cat\n");

    // then
    assertThat(labels).extracting(ImageLabel::getImageId).containsExactly("good", "also good");
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith(file + " line 2: ")
        .contains(message.strip());
  }

  @Test
  void shouldTakeWordsLikeTheHeadingForALabelElsewhere() throws Exception {
    // when
    read("imageId,label,who\nimageId,label\n");

    // then
    assertThat(labels).isEmpty();
    assertThat(problems).hasSize(2);
  }

  @Test
  void shouldRefuseAFileThatIsNotText() throws Exception {
    // given
    Path file = directory.resolve("latin.csv");
    Files.write(file, "a,1\nbär,1\n".getBytes(ISO_8859_1));

    // then
    assertThatThrownBy(() -> csv(file).read(labels::add, problems::add))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(ints = {64 * 1024 + 1, 10_000_000})
  void shouldNotKeepALineWithoutEnd(int length) throws Exception {
    // given
    Path file = directory.resolve("long.csv");
    Files.writeString(file, "a,1\n" + "x".repeat(length));

    // then
    assertThatThrownBy(() -> csv(file).read(labels::add, problems::add))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("line 2: must have at most 65536 characters");
  }

  @Test
  void shouldNameAFileThatIsNotThere() {
    assertThatThrownBy(() -> csv(directory).read(labels::add, problems::add))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--csv " + directory);
  }

  private Path read(String text) throws Exception {
    Path file = directory.resolve("labels.csv");
    Files.writeString(file, text);
    csv(file).read(labels::add, problems::add);
    return file;
  }

  private static ImageLabelCsv csv(Path file) {
    return new ImageLabelCsv(file, new ClassNames(List.of("cat", "dog")), "me", NOW);
  }

  private static ImageLabel label(String id, int label, String source, Instant time) {
    return ImageLabel.newBuilder()
        .setImageId(id)
        .setLabel(label)
        .setSource(source)
        .setLabeledAt(time)
        .build();
  }
}
