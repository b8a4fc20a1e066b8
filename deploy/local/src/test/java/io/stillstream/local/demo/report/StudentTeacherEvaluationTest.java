package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.data.ColorFolderWriter;
import io.stillstream.local.data.DataSet;
import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudentTeacherEvaluationTest {
  private final ModelSpec model =
      ModelSpec.load(Path.of("src/test/resources/models/colours"), "teacher");
  private final List<String> said = new ArrayList<>();

  @TempDir Path directory;

  @Test
  void shouldMeasureOnPicturesOfAnySize() throws Exception {
    // given
    ColorFolderWriter.write(directory, 10);
    // when
    StudentTeacherEvaluation evaluation =
        StudentTeacherEvaluation.of(model, model, test(), said::add);
    // then
    assertThat(evaluation).isEqualTo(new StudentTeacherEvaluation(1, 1, 1));
    assertThat(said).isEmpty();
  }

  @Test
  void shouldLeaveOutWhatCannotBeDecoded() throws Exception {
    // given: the fifth of each class is held out; a red one lies among the green
    ColorFolderWriter.write(directory, 5);
    Path red = directory.resolve("red/4.jpg");
    Files.copy(red, directory.resolve("green/4b.jpg"));
    Files.delete(directory.resolve("green/0.jpg"));
    Files.writeString(red, "damaged");
    // when
    StudentTeacherEvaluation evaluation =
        StudentTeacherEvaluation.of(model, model, test(), said::add);
    // then
    assertThat(evaluation).isEqualTo(new StudentTeacherEvaluation(0.5, 0.5, 1));
    assertThat(said)
        .containsExactly(
            "left out  1 of 3 test images could not be decoded, the first one "
                + red
                + ": not an image file: neither JPEG, PNG, GIF, WebP nor BMP");
  }

  @Test
  void shouldRefuseToMeasureOnNothing() throws Exception {
    // given
    ColorFolderWriter.write(directory, 5);
    for (String colour : ColorFolderWriter.COLOURS) {
      Files.writeString(directory.resolve(colour + "/4.jpg"), "damaged");
    }
    // when, then
    assertThatThrownBy(() -> StudentTeacherEvaluation.of(model, model, test(), said::add))
        .isInstanceOf(CommandFailedException.class)
        .hasMessage("no test image could be decoded");
  }

  private LabeledImages test() {
    return DataSet.open(directory, file -> true).images(Split.TEST, model.classes());
  }
}
