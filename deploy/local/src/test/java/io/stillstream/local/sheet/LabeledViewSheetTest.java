package io.stillstream.local.sheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LabeledViewSheetTest {
  private static final int CELL = 96;
  private static final int CAPTION_AND_GAP = 24;
  private final LabeledViewSheet sheet = new LabeledViewSheet(List.of("cat", "dog"));

  @Test
  void shouldDrawARowForEachImageAndAColumnForEachView() {
    // given
    List<List<LabeledView>> rows =
        List.of(
            List.of(view(10, 0, 2f, -2f), view(200, 0, 2f, -2f)),
            List.of(view(30, 0, 2f, -2f), view(90, 0, -2f, 2f)));

    // when
    byte[] pixels = decoded(sheet.png(rows), 2, 2);

    // then
    int width = 2 * (CELL + 6) + 6;
    assertThat(grey(pixels, width, 6 + 5, 6 + 5)).isEqualTo(10);
    assertThat(grey(pixels, width, 6 + 5, 6 + CELL + 6 + 5)).isEqualTo(200);
    assertThat(grey(pixels, width, 6 + CELL + CAPTION_AND_GAP + 5, 6 + 5)).isEqualTo(30);
    assertThat(grey(pixels, width, 6 + CELL + CAPTION_AND_GAP + 5, 6 + CELL + 6 + 5)).isEqualTo(90);
  }

  @Test
  void shouldWriteInGreenWhereTheTeacherIsRightAndInRedWhereItIsNot() {
    // given
    List<List<LabeledView>> right = List.of(List.of(view(128, 0, 2f, -2f)));
    List<List<LabeledView>> wrong = List.of(List.of(view(128, 0, -2f, 2f)));

    // when
    long[] green = inkSums(decoded(sheet.png(right), 1, 1));
    long[] red = inkSums(decoded(sheet.png(wrong), 1, 1));

    // then
    assertThat(green[1]).isGreaterThan(green[0]);
    assertThat(red[0]).isGreaterThan(red[1]);
  }

  @Test
  void shouldDrawTheTrueMaskToTheLeftAndTheTeachersToTheRight() {
    // given: the truth is class 1, the teacher says background
    LabeledView view = view(128, 0);
    view.getView().setMask(MaskCodec.encode(new SegmentationMask(8, 8, ones())));
    OutputShape output = OutputShape.segmentation(2, 4, 4, 2);
    float[] row = new float[output.size()];
    Arrays.fill(row, 0, output.cells(), 1);
    LabeledView answered =
        LabeledAnswers.labeled(
            view.getView(), List.of(), row, output, OptionalInt.empty(), Instant.EPOCH);

    // when
    byte[] png = sheet.png(List.of(List.of(answered)));

    // then
    int width = 2 * CELL + 12;
    byte[] rgb =
        PixelCodec.decode(
            PixelEncoding.PNG, CELL + CAPTION_AND_GAP + 6, width, 3, ByteBuffer.wrap(png));
    assertThat(grey(rgb, width, 20, 20)).isNotEqualTo(128);
    assertThat(grey(rgb, width, 20, CELL + 20)).isEqualTo(128);
  }

  @Test
  void shouldDrawEmbeddingsAndMissingAnswers() {
    // given
    LabeledView view = view(128, 0);
    LabeledView embedded =
        LabeledAnswers.labeled(
            view.getView(),
            List.of(),
            new float[] {3, 4},
            OutputShape.embedding(2),
            OptionalInt.empty(),
            Instant.EPOCH);
    LabeledView passedOver = LabeledAnswers.passedOver(view.getView(), Instant.EPOCH);

    // when
    byte[] rgb = decoded(sheet.png(List.of(List.of(embedded, passedOver))), 1, 2);

    // then
    int width = 2 * (CELL + 6) + 6;
    assertThat(grey(rgb, width, 20, 20)).isEqualTo(128);
    assertThat(grey(rgb, width, 20, CELL + 26)).isEqualTo(128);
  }

  @Test
  void shouldRefuseAnEmptySheet() {
    assertThatThrownBy(() -> sheet.png(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] ones() {
    byte[] ones = new byte[64];
    Arrays.fill(ones, (byte) 1);
    return ones;
  }

  private static byte[] decoded(byte[] png, int rows, int columns) {
    return PixelCodec.decode(
        PixelEncoding.PNG,
        rows * (CELL + CAPTION_AND_GAP) + 6,
        columns * (CELL + 6) + 6,
        3,
        ByteBuffer.wrap(png));
  }

  private static int grey(byte[] rgb, int width, int y, int x) {
    return rgb[(y * width + x) * 3] & 0xff;
  }

  /** Sums of red and green below the picture, where only paper and caption are. */
  private static long[] inkSums(byte[] rgb) {
    int width = CELL + 12;
    long red = 0;
    long green = 0;
    for (int i = (6 + CELL) * width * 3; i < rgb.length; i += 3) {
      red += rgb[i] & 0xff;
      green += rgb[i + 1] & 0xff;
    }
    return new long[] {red, green};
  }

  private static LabeledView view(int grey, int label, float... logits) {
    byte[] pixels = new byte[8 * 8];
    Arrays.fill(pixels, (byte) grey);
    Instant now = Instant.EPOCH;
    return LabeledView.newBuilder()
        .setView(
            AugmentedView.newBuilder()
                .setLineage(new Lineage("images", 0, 0L, "a", 0, 1, 0L, "hash"))
                .setRecipe(Recipe.newBuilder().setOperations(List.of()).build())
                .setEncoding(PixelEncoding.RAW)
                .setHeight(8)
                .setWidth(8)
                .setChannels(1)
                .setPixels(ByteBuffer.wrap(pixels))
                .setLabel(new Label(label, null, 1.0))
                .setCapturedAt(now)
                .setAugmentedAt(now)
                .build())
        .setTeachers(List.of())
        .setLogits(FloatArrays.of(logits))
        .setLabeledAt(now)
        .build();
  }
}
