package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.architecture.text.ProjectFiles;
import io.stillstream.architecture.text.SourceMessages;
import io.stillstream.local.demo.settings.TeacherEngine;
import io.stillstream.local.texts.OutputForm;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.values.FloatArrays;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the front page shows of the demo has the form of what the demo prints. */
final class DemoOutputDocTest {
  private static final String FIRST = "first step after ";
  private static final int VIEWS = 4;
  private static final int SIDE = 28;

  @TempDir Path directory;

  @Test
  void shouldShowWhatTheDemoPrints() throws Exception {
    // given
    List<String> printed =
        Stream.concat(Stream.of(progress().line(false)), summary().table().lines())
            .map(OutputForm::of)
            .toList();
    // when
    List<String> documented = OutputForm.documented("README.md", FIRST);
    // then
    assertThat(new SourceMessages().contain(FIRST + "… s")).isTrue();
    assertThat(OutputForm.of(documented.get(0))).isEqualTo(FIRST + "# s");
    assertThat(documented.stream().skip(1).filter(line -> !line.equals("…")))
        .hasSizeGreaterThan(3)
        .allSatisfy(line -> assertThat(printed).contains(OutputForm.of(line)));
  }

  @Test
  void shouldShowAPictureOfTenClassesWithFourViewsEach() throws Exception {
    // given
    List<String> classes = Collections.nCopies(10, "class");
    ClassSampleSheet sheet = new ClassSampleSheet(classes, VIEWS);
    for (int label = 0; label < classes.size(); label++) {
      for (int index = 0; index < VIEWS; index++) {
        sheet.add(view(label, index));
      }
    }
    // when
    sheet.draw(directory.resolve("views.png"));
    // then
    BufferedImage drawn = ImageIO.read(directory.resolve("views.png").toFile());
    BufferedImage documented =
        ImageIO.read(ProjectFiles.root().resolve("deploy/local/views.png").toFile());
    assertThat(documented.getWidth()).isEqualTo(drawn.getWidth());
    assertThat(documented.getHeight()).isEqualTo(drawn.getHeight());
  }

  private static LabeledView view(int label, int index) {
    String image = "image-" + label;
    return LabeledView.newBuilder()
        .setView(
            AugmentedView.newBuilder()
                .setLineage(
                    new Lineage("images", 0, 0L, image, index, VIEWS, 0L, "hash", null, null))
                .setRecipe(new Recipe(1, List.of(), null))
                .setEncoding(PixelEncoding.RAW)
                .setHeight(SIDE)
                .setWidth(SIDE)
                .setChannels(1)
                .setPixels(ByteBuffer.wrap(new byte[SIDE * SIDE]))
                .setLabel(new Label(label, null, 1.0))
                .setCapturedAt(Instant.EPOCH)
                .setAugmentedAt(Instant.EPOCH)
                .build())
        .setLogits(FloatArrays.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        .setLabeledAt(Instant.EPOCH)
        .build();
  }

  private static PipelineProgress progress() {
    return new PipelineProgress(ModelTask.CLASSIFICATION, 1, 4, 4, 0, 1, 1, 0.5, 0.9, 0.5);
  }

  private static DemoSummary summary() {
    RecordCounts counts = new RecordCounts(4, 4, 0, Collections.emptyNavigableSet());
    return new DemoSummary(
        "cnn",
        "teacher",
        TeacherEngine.PYTORCH,
        1,
        counts,
        counts,
        new DemoSummary.Release(1, 1, 4, "file:///releases/1/"),
        0,
        new StudentTeacherEvaluation(0.9, 0.9, 0.9),
        1,
        OptionalDouble.of(1),
        OptionalDouble.of(2),
        false);
  }
}
