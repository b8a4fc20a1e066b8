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
  void shouldDrawTheTrueMaskAndBesideItTheTeachers() {
    // given: class 1 in the left half; the teacher sees it above, and nothing else
    LabeledView view = view(100, 0, 2f, -2f);
    view.setLogits(null);
    float[] row = new float[2 * 8 * 8];
    byte[] classes = new byte[8 * 8];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) (i % 8 < 4 ? 1 : 0);
      row[classes.length + i] = i < 32 ? 1 : -1;
    }
    LabeledView answered =
        LabeledAnswers.labeled(
            view.getView(),
            List.of(),
            row,
            OutputShape.segmentation(2, 8, 8, 1),
            OptionalInt.empty(),
            Instant.EPOCH);
    answered.getView().setMask(MaskCodec.encode(new SegmentationMask(8, 8, classes)));
    LabeledView passedOver = LabeledAnswers.passedOver(view(100, 0).getView(), Instant.EPOCH);

    // when
    int height = 2 * (CELL + CAPTION_AND_GAP) + 6;
    int width = 2 * (CELL + 6) + 6;
    byte[] rgb =
        PixelCodec.decode(
            PixelEncoding.PNG,
            height,
            width,
            3,
            ByteBuffer.wrap(sheet.png(List.of(List.of(answered), List.of(passedOver)))));

    // then: rows and columns of corners of the two pictures
    int up = 6 + 5;
    int down = 6 + CELL - 5;
    int secondRow = CELL + CAPTION_AND_GAP;
    int[] left = {up, down};
    int[] right = {CELL + 6 + up, CELL + 6 + down};
    assertThat(isGrey(rgb, width, up, left[0])).isFalse();
    assertThat(isGrey(rgb, width, down, left[0])).isFalse();
    assertThat(isGrey(rgb, width, up, left[1])).isTrue();
    assertThat(isGrey(rgb, width, up, right[0])).isFalse();
    assertThat(isGrey(rgb, width, up, right[1])).isFalse();
    assertThat(isGrey(rgb, width, down, right[0])).isTrue();
    assertThat(isGrey(rgb, width, secondRow + up, left[0])).isTrue();
    assertThat(isGrey(rgb, width, secondRow + up, right[0])).isTrue();
  }

  private static boolean isGrey(byte[] rgb, int width, int y, int x) {
    int at = (y * width + x) * 3;
    return rgb[at] == 100 && rgb[at + 1] == 100 && rgb[at + 2] == 100;
  }

  @Test
  void shouldRefuseAnEmptySheet() {
    assertThatThrownBy(() -> sheet.png(List.of())).isInstanceOf(IllegalArgumentException.class);
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
                .setLineage(new Lineage("images", 0, 0L, "a", 0, 1, 0L, "hash", null, null))
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
