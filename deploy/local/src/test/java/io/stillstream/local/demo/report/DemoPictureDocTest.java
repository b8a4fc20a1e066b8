package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.architecture.text.ProjectFiles;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.values.FloatArrays;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The picture of the demo has the form of what the demo draws. */
final class DemoPictureDocTest {
  private static final int VIEWS = 4;
  private static final int SIDE = 28;

  @TempDir Path directory;

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
}
