package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.values.FloatArrays;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassSampleSheetTest {
  @TempDir Path directory;
  private final ClassSampleSheet sheet = new ClassSampleSheet(List.of("cat", "dog"), 2);

  @Test
  void shouldShowTheFirstWholeImageOfEachClassInOrder() throws IOException {
    // given
    sheet.add(view("dog-1", 1, 1));
    sheet.add(view("dog-1", 0, 1));
    sheet.add(view("half", 0, 0));
    sheet.add(view("cat-1", 0, 0));
    sheet.add(view("cat-1", 1, 0));
    sheet.add(view("dog-2", 0, 1));
    sheet.add(view("dog-2", 1, 1));

    // when
    List<List<LabeledView>> images = sheet.images();
    sheet.draw(directory.resolve("views.png"));

    // then
    assertThat(images)
        .extracting(image -> image.get(0).getView().getLineage().getImageId())
        .containsExactly("cat-1", "dog-1");
    assertThat(images.get(1))
        .extracting(view -> view.getView().getLineage().getViewIndex())
        .containsExactly(0, 1);
    assertThat(directory.resolve("views.png")).isNotEmptyFile();
  }

  @Test
  void shouldShowTheFirstWholeImagesWhereNoneHasALabel() {
    // given
    sheet.add(view("half", 0, null));
    for (int i = 0; i < 12; i++) {
      sheet.add(view("scene-" + i, 1, null));
      sheet.add(view("scene-" + i, 0, null));
    }

    // then
    assertThat(sheet.images())
        .hasSize(8)
        .element(7)
        .extracting(image -> image.get(0).getView().getLineage().getImageId())
        .isEqualTo("scene-7");
  }

  @Test
  void shouldDrawNothingWhereThereIsNoWholeImage() throws IOException {
    // given
    sheet.add(view("half", 0, 0));

    // when
    sheet.draw(directory.resolve("views.png"));

    // then
    assertThat(directory).isEmptyDirectory();
  }

  private static LabeledView view(String image, int index, Integer label) {
    Instant now = Instant.EPOCH;
    return LabeledView.newBuilder()
        .setView(
            AugmentedView.newBuilder()
                .setLineage(new Lineage("images", 0, 0L, image, index, 2, 0L, "hash", null, null))
                .setRecipe(new Recipe(1, List.of(), null))
                .setEncoding(PixelEncoding.RAW)
                .setHeight(1)
                .setWidth(1)
                .setChannels(1)
                .setPixels(ByteBuffer.wrap(new byte[1]))
                .setLabel(label == null ? null : new Label(label, null, 1.0))
                .setCapturedAt(now)
                .setAugmentedAt(now)
                .build())
        .setLogits(FloatArrays.of(1, 0))
        .setLabeledAt(now)
        .build();
  }
}
