package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.local.data.ColorFolderWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with a teacher, a student and a folder of pictures that are not the bundled ones. */
class DemoCustomDataIT {
  private static final int TRAIN = 3 * 128;

  /** All that there are, and one again in place of the damaged one, so that batches are whole. */
  private static final int IMAGES = TRAIN + 1;

  private static final int VIEWS = 2;

  @TempDir Path directory;

  @Test
  void shouldTrainAndMeasureOnColourPictures() throws Exception {
    // given: 128 to train on, 32 to measure on, of each of three classes; one is damaged
    Path pictures = directory.resolve("pictures");
    ColorFolderWriter.write(pictures, 160);
    Files.write(
        pictures.resolve("red/0.jpg"), new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 0});
    Files.writeString(pictures.resolve("red/notes.txt"), "no picture");
    Path models = Path.of("src/test/resources/models").toAbsolutePath();
    Path state = directory.resolve("demo");
    // when
    JsonNode first =
        summary(
            "--teacher=" + models.resolve("colours"),
            "--student=" + models.resolve("small-student"),
            "--dataset=" + pictures,
            "--views=" + VIEWS,
            "--images=" + IMAGES,
            "--dir=" + state);
    // then
    assertThat(first.path("images").asLong()).isEqualTo(IMAGES);
    assertThat(first.path("student").asText()).isEqualTo("small-student");
    assertThat(first.path("teacher_accuracy").asDouble()).isEqualTo(1);
    assertThat(first.path("student_accuracy").asDouble()).isGreaterThan(0.5);
    assertThat(first.path("rejected").asLong()).isEqualTo(1);
    for (String count : new String[] {"views_unique", "labeled_unique", "views_seen"}) {
      assertThat(first.path(count).asLong()).as(count).isEqualTo((long) TRAIN * VIEWS);
    }
    assertThat(state.resolve("views.png")).isNotEmptyFile();
    // and: it goes on with what it remembers, and takes nothing else
    JsonNode second = summary("--images=" + (IMAGES + 64), "--dir=" + state);
    assertThat(second.path("resumed").asBoolean()).isTrue();
    assertThat(second.path("images").asLong()).isEqualTo(IMAGES + 64);
    assertThat(second.path("student").asText()).isEqualTo("small-student");
    try (JavaProcess demo = demo("--teacher=" + models, "--dir=" + state)) {
      assertThat(demo.awaitEnd(Duration.ofMinutes(2))).isEqualTo(2);
      assertThat(
              demo.output()
                  .contains("--teacher was " + models.resolve("colours") + ", now " + models))
          .as("%s", demo.lines())
          .isTrue();
    }
  }

  @Test
  void shouldSayAllThatDoesNotFitBeforeAnythingStarts() throws Exception {
    // given
    Path pictures = directory.resolve("pictures");
    ColorFolderWriter.write(pictures.resolve("train"), 1);
    Path state = directory.resolve("demo");
    // when
    try (JavaProcess demo =
        demo(
            "--student=mlp",
            "--teacher=src/test/resources/models/colours",
            "--dataset=" + pictures,
            "--dir=" + state)) {
      // then
      assertThat(demo.awaitEnd(Duration.ofMinutes(2))).isEqualTo(2);
      assertThat(demo.lines())
          .hasSize(7)
          .anyMatch(line -> line.contains("do not fit together:"))
          .anyMatch(line -> line.contains("--teacher: size: colours takes 20 x 24"))
          .anyMatch(line -> line.contains("--teacher: channels: colours takes 3"))
          .anyMatch(line -> line.contains("--teacher: classes: colours has 3"))
          .anyMatch(line -> line.contains("by name or number: blue, green, red"))
          .anyMatch(line -> line.contains("no folder for these classes of the models: T-shirt/top"))
          .anyMatch(line -> line.contains("no test part: there is no folder"));
    }
    assertThat(state.resolve("kafka")).doesNotExist();
    assertThat(state.resolve("demo.json")).doesNotExist();
  }

  private JsonNode summary(String... options) throws Exception {
    try (JavaProcess demo = demo(options)) {
      assertThat(demo.awaitEnd(Duration.ofMinutes(4))).as("%s", demo.lines()).isZero();
      String last = demo.lines().get(demo.lines().size() - 1);
      assertThat(last).startsWith("SUMMARY {");
      return new ObjectMapper().readTree(last.substring("SUMMARY ".length()));
    }
  }

  private static JavaProcess demo(String... options) throws Exception {
    List<String> args = new ArrayList<>(List.of(options));
    args.addAll(
        0, List.of("demo", "--exit", "--kafka-port=0", "--registry-port=0", "--management-port=0"));
    return MainProcess.start(StillstreamMain.class, args.toArray(String[]::new));
  }
}
