package io.stillstream.augmenter.image.warp;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.image.RecipeRenderer;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.operation.geometric.GeometricOperation;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

/** What each operation does to small images whose result is known by hand. */
final class ImageWarperTest {
  private static final int[][] SQUARE = {{10, 20, 30}, {40, 50, 60}, {70, 80, 90}};

  @Test
  void shouldFlip() {
    assertThat(apply(SQUARE, step("horizontal_flip")))
        .isDeepEqualTo(new int[][] {{30, 20, 10}, {60, 50, 40}, {90, 80, 70}});
  }

  @Test
  void shouldRotateCounterClockwiseAboutTheCentre() {
    assertThat(apply(SQUARE, step("rotate", "degrees", 90)))
        .isDeepEqualTo(new int[][] {{30, 60, 90}, {20, 50, 80}, {10, 40, 70}});
    assertThat(apply(SQUARE, step("rotate", "degrees", 180)))
        .isDeepEqualTo(new int[][] {{90, 80, 70}, {60, 50, 40}, {30, 20, 10}});
  }

  @Test
  void shouldKeepTheSizeAndFillWithBlackWhenRotating() {
    // given
    int[][] wide = {{100, 100, 100, 100}, {100, 100, 100, 100}};

    // then
    assertThat(apply(wide, step("rotate", "degrees", 90)))
        .isDeepEqualTo(new int[][] {{0, 100, 100, 0}, {0, 100, 100, 0}});
  }

  @Test
  void shouldShiftRightAndDown() {
    assertThat(apply(SQUARE, step("translate", "x", 1, "y", 2)))
        .isDeepEqualTo(new int[][] {{0, 0, 0}, {0, 0, 0}, {0, 10, 20}});
  }

  @Test
  void shouldCropAndPad() {
    assertThat(apply(SQUARE, step("random_crop", "top", 1, "left", -1, "height", 2, "width", 3)))
        .isDeepEqualTo(new int[][] {{0, 40, 50}, {0, 70, 80}});
    assertThat(apply(SQUARE, step("center_crop", "height", 1, "width", 1)))
        .isDeepEqualTo(new int[][] {{50}});
  }

  @Test
  void shouldAverageWhenShrinkingByWholeFactors() {
    // given
    int[][] image = {{0, 10, 20, 30}, {10, 20, 30, 40}, {100, 100, 0, 0}, {100, 100, 0, 200}};

    // then
    assertThat(apply(image, step("resize", "height", 2, "width", 2)))
        .isDeepEqualTo(new int[][] {{10, 30}, {100, 50}});
  }

  @Test
  void shouldInterpolateWhenEnlargingWithoutDarkEdges() {
    // given
    int[][] image = {{0, 100}, {0, 100}};

    // then: centres at −¼, ¼, ¾ and 1¼ pixels
    assertThat(apply(image, step("resize", "height", 2, "width", 4)))
        .isDeepEqualTo(new int[][] {{0, 25, 75, 100}, {0, 25, 75, 100}});
  }

  @Test
  void shouldStayBlackOutsideWhenEnlarging() {
    // given
    int[][] image = {{80, 80}, {80, 80}};

    // then
    assertThat(
            apply(
                image, step("resize", "height", 4, "width", 4), step("translate", "x", 1, "y", 0)))
        .isDeepEqualTo(
            new int[][] {{0, 80, 80, 80}, {0, 80, 80, 80}, {0, 80, 80, 80}, {0, 80, 80, 80}});
  }

  @Test
  void shouldComeCloseToOneOperationAfterTheOther() {
    // given: content in the middle, so that no frame in between cuts anything off
    int[][] image = new int[40][40];
    for (int y = 12; y < 28; y++) {
      for (int x = 12; x < 28; x++) {
        image[y][x] = (int) (128 + 60 * Math.sin(x * 0.4) + 60 * Math.cos(y * 0.3));
      }
    }
    RecipeStep[] steps = {
      step("rotate", "degrees", 20),
      step("translate", "x", 3, "y", -2),
      step("horizontal_flip"),
      step("rotate", "degrees", -7)
    };

    // when
    int[][] fused = apply(image, steps);
    int[][] sequential = image;
    for (RecipeStep step : steps) {
      sequential = apply(sequential, step);
    }

    // then: each further interpolation blurs a little
    double sum = 0;
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 40; x++) {
        sum += Math.abs(fused[y][x] - sequential[y][x]);
      }
    }
    assertThat(sum / 1600).isBetween(0.01, 2.0);
  }

  @Test
  void shouldFlipUpsideDown() {
    assertThat(apply(SQUARE, step("vertical_flip")))
        .isDeepEqualTo(new int[][] {{70, 80, 90}, {40, 50, 60}, {10, 20, 30}});
  }

  @Test
  void shouldCutAndStretch() {
    // given: the right half, each pixel four times; centres at ¼ and ¾ of a pixel
    int[][] image = {{9, 9, 0, 100}, {9, 9, 0, 100}};
    RecipeStep step =
        step(
            "random_resized_crop",
            "top",
            0,
            "left",
            2,
            "height",
            2,
            "width",
            2,
            "out_height",
            4,
            "out_width",
            4);

    // then
    int[] row = {0, 25, 75, 100};
    assertThat(apply(image, step)).isDeepEqualTo(new int[][] {row, row, row, row});
  }

  @Test
  void shouldPadInEveryMode() {
    // given
    int[][] image = {{10, 20, 30}};

    // then
    assertThat(apply(image, pad(2, "fill", 7)))
        .isDeepEqualTo(new int[][] {{7, 7, 10, 20, 30, 7, 7}});
    assertThat(apply(image, pad(2, "mode", 1)))
        .isDeepEqualTo(new int[][] {{10, 10, 10, 20, 30, 30, 30}});
    assertThat(apply(image, pad(2, "mode", 2)))
        .isDeepEqualTo(new int[][] {{30, 20, 10, 20, 30, 20, 10}});
    assertThat(apply(image, pad(2, "mode", 3)))
        .isDeepEqualTo(new int[][] {{20, 10, 10, 20, 30, 30, 20}});
  }

  @Test
  void shouldMirrorAgainWhereTheMarginIsWiderThanTheImage() {
    assertThat(apply(new int[][] {{10, 20}}, pad(3, "mode", 2)))
        .isDeepEqualTo(new int[][] {{20, 10, 20, 10, 20, 10, 20, 10}});
    assertThat(apply(new int[][] {{10}}, pad(1, "mode", 2)))
        .isDeepEqualTo(new int[][] {{10, 10, 10}});
  }

  @Test
  void shouldTurnClockwiseInAffineMaps() {
    assertThat(apply(SQUARE, affine("degrees", 90)))
        .isDeepEqualTo(new int[][] {{70, 40, 10}, {80, 50, 20}, {90, 60, 30}});
  }

  @Test
  void shouldShiftRightAndDownInAffineMaps() {
    assertThat(apply(SQUARE, affine("translate_x", 1, "translate_y", -1, "fill", 5)))
        .isDeepEqualTo(new int[][] {{5, 40, 50}, {5, 70, 80}, {5, 5, 5}});
  }

  @Test
  void shouldShearTheUpperRowsToTheRightOfTheCentre() {
    assertThat(apply(SQUARE, affine("shear_x", 45)))
        .isDeepEqualTo(new int[][] {{0, 10, 20}, {40, 50, 60}, {80, 90, 0}});
    assertThat(apply(SQUARE, affine("shear_y", 45)))
        .isDeepEqualTo(new int[][] {{0, 20, 60}, {10, 50, 90}, {40, 80, 0}});
  }

  @Test
  void shouldEnlargeAboutTheCentre() {
    assertThat(apply(new int[][] {{10, 20, 30, 40, 50}}, affine("scale", 5)))
        .isDeepEqualTo(new int[][] {{26, 28, 30, 32, 34}});
  }

  @Test
  void shouldMoveCornersWhereThePerspectiveSaysAndFillTheRest() {
    // given
    int[][] image = new int[6][6];
    for (int[] row : image) {
      Arrays.fill(row, 100);
    }

    // when: corners 5 pixels apart are 3 apart, so one pixel of the view spans 5/3
    int[][] view = apply(image, perspective(1, 1, 4, 1, 4, 4, 1, 4, 9));

    // then: centres at −0.8, 0.8, 2.5, 4.2, 5.8 and 7.5; the fifth is a third outside
    assertThat(view[0]).containsOnly(9);
    assertThat(view[5]).containsOnly(9);
    assertThat(view[2]).startsWith(9, 100, 100, 100).endsWith(9);
    assertThat(view[2][4]).isBetween(68, 71);
  }

  @Test
  void shouldFillWhatLiesBehindTheViewer() {
    // given: corners whose horizon crosses the view
    int[][] image = new int[60][60];
    for (int[] row : image) {
      Arrays.fill(row, 200);
    }

    // when: the lower edge is 59 pixels long, the upper one 3, and the vanishing point lies between
    // the upper edge and the frame's
    int[][] view = apply(image, perspective(28, 20, 31, 20, 59, 59, 0, 59, 77));

    // then
    assertThat(view[40][30]).isEqualTo(200);
    for (int row = 0; row < 17; row++) {
      assertThat(view[row]).containsOnly(77);
    }
  }

  @Test
  void shouldLeaveAloneWhatHasNoAreaInPerspective() {
    assertThat(apply(new int[][] {{42}}, perspective(0, 0, 0, 0, 0, 0, 0, 0, 9)))
        .isDeepEqualTo(new int[][] {{42}});
    assertThat(apply(SQUARE, perspective(1, 1, 2, 0, 2, 2, 0, 2, 9))).isDeepEqualTo(SQUARE);
  }

  @Test
  void shouldTakeImagesOfOnePixelEverywhere() {
    // given
    int[][] image = {{80}};
    int[] all = {80, 80, 80};

    // then
    assertThat(apply(image, step("resize", "height", 3, "width", 3)))
        .isDeepEqualTo(new int[][] {all, all, all});
    assertThat(apply(image, step("rotate", "degrees", 45))).isDeepEqualTo(image);
    assertThat(apply(image, affine("degrees", 180))).isDeepEqualTo(image);
    assertThat(apply(image, step("vertical_flip"))).isDeepEqualTo(image);
    assertThat(apply(image, frame(1, 3)))
        .isDeepEqualTo(new int[][] {{3, 3, 3}, {3, 80, 3}, {3, 3, 3}});
  }

  @Test
  void shouldRotateImagesThatAreLongerThanOpenCvWarps() {
    // given: 2 × 40,000 pixels, turned upside down a little askew, the right end cut out
    int[][] image = new int[2][40_000];
    for (int[] row : image) {
      Arrays.fill(row, 60);
      Arrays.fill(row, 0, 100, 200);
    }

    // when
    int[][] end =
        apply(
            image,
            step("rotate", "degrees", 180.0001),
            step("random_crop", "top", 0, "left", 39_880, "height", 2, "width", 110));
    int[][] whole = apply(image, affine("degrees", 1e-4));

    // then
    assertThat(end[0][0]).isEqualTo(60);
    assertThat(end[0][60]).isEqualTo(200);
    assertThat(whole[0]).hasSize(40_000);
    assertThat(whole[0][20_000]).isEqualTo(60);
  }

  @Test
  void shouldNotDependOnWhatWasRenderedBefore() {
    // given
    byte[] pixels = new byte[30 * 30];
    new Random(3).nextBytes(pixels);
    List<List<RecipeStep>> recipes =
        List.of(
            List.of(step("rotate", "degrees", 10)),
            List.of(step("rotate", "degrees", 10, "fill", 200)),
            List.of(step("resize", "height", 7, "width", 9), step("rotate", "degrees", 20)),
            List.of(step("resize", "height", 13, "width", 14), step("rotate", "degrees", 20)),
            List.of(step("resize", "height", 40, "width", 50), step("horizontal_flip")),
            List.of(pad(3, "mode", 1), step("rotate", "degrees", 5)),
            List.of());

    try (ImageDecoder decoder = new ImageDecoder(1, 1_000);
        RecipeRenderer renderer = new RecipeRenderer()) {
      ImageSize size = new ImageSize(30, 30);
      Mat image = decoder.decode(new ImageSource.RawPixels(ByteBuffer.wrap(pixels), 30, 30, 1));
      List<byte[]> alone = new ArrayList<>();
      for (List<RecipeStep> recipe : recipes) {
        renderer.imageChanged();
        alone.add(renderer.render(image, size, ProjectiveTransform.IDENTITY, recipe).bytes());
      }

      // then
      renderer.imageChanged();
      for (int round = 0; round < 3; round++) {
        for (int i = recipes.size() - 1; i >= 0; i--) {
          assertThat(
                  renderer
                      .render(image, size, ProjectiveTransform.IDENTITY, recipes.get(i))
                      .bytes())
              .isEqualTo(alone.get(i));
        }
      }
    }
  }

  @Test
  void shouldGiveTheSameInJavaAsInOpenCv() {
    // given: a smooth picture that is small, and the same with a margin that makes it large
    int[][] image = new int[24][24];
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 24; x++) {
        image[y][x] = (int) (128 + 60 * Math.sin(x * 0.7) + 60 * Math.cos(y * 0.9));
      }
    }
    RecipeStep[] steps = {step("rotate", "degrees", 17), step("translate", "x", 2, "y", -1)};

    // when
    int[][] inJava = apply(image, steps);
    int[][] inOpenCv = apply(apply(image, frame(20, 0)), steps);

    // then
    double sum = 0;
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 24; x++) {
        int difference = Math.abs(inJava[y][x] - inOpenCv[y + 20][x + 20]);
        assertThat(difference).isLessThanOrEqualTo(4);
        sum += difference;
      }
    }
    assertThat(sum / 576).isLessThan(0.5);
  }

  @Test
  void shouldTreatChannelsAlike() {
    // given
    byte[] rgb = {1, 2, 3, 4, 5, 6};
    List<RecipeStep> flip = List.of(step("horizontal_flip"));

    // then
    assertThat(render(rgb, 1, 2, 3, flip)).containsExactly(4, 5, 6, 1, 2, 3);
  }

  private static int[][] apply(int[][] image, RecipeStep... steps) {
    int height = image.length;
    int width = image[0].length;
    byte[] pixels = new byte[height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) image[i / width][i % width];
    }
    List<RecipeStep> recipe = Arrays.asList(steps);
    byte[] result = render(pixels, height, width, 1, recipe);
    ImageSize size = frame(recipe, new ImageSize(height, width)).size();
    int[][] rows = new int[size.height()][size.width()];
    for (int i = 0; i < result.length; i++) {
      rows[i / size.width()][i % size.width()] = Byte.toUnsignedInt(result[i]);
    }
    return rows;
  }

  private static byte[] render(
      byte[] pixels, int height, int width, int channels, List<RecipeStep> steps) {
    try (ImageDecoder decoder = new ImageDecoder(channels, 1_000_000);
        ImageWarper warp = new ImageWarper();
        RenderBuffer buffer = new RenderBuffer()) {
      Mat image =
          decoder.decode(
              new ImageSource.RawPixels(ByteBuffer.wrap(pixels), height, width, channels));
      warp.render(image, frame(steps, new ImageSize(height, width)), buffer);
      return buffer.bytes();
    }
  }

  private static ViewTransform frame(List<RecipeStep> steps, ImageSize image) {
    ViewTransform frame = ViewTransform.of(image);
    for (RecipeStep step : steps) {
      frame = GeometricOperation.named(step.name()).orElseThrow().apply(frame, step);
    }
    return frame;
  }

  private static RecipeStep pad(int sides, String key, int value) {
    return step("pad", "left", sides, "right", sides, "top", 0, "bottom", 0, key, value);
  }

  private static RecipeStep frame(int sides, int fill) {
    return step("pad", "left", sides, "right", sides, "top", sides, "bottom", sides, "fill", fill);
  }

  private static RecipeStep affine(Object... values) {
    Map<String, Object> all = new HashMap<>();
    for (String key : List.of("degrees", "translate_x", "translate_y", "shear_x", "shear_y")) {
      all.put(key, 0);
    }
    all.put("scale", 1);
    for (int i = 0; i < values.length; i += 2) {
      all.put((String) values[i], values[i + 1]);
    }
    return step(
        "affine",
        all.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue())).toArray());
  }

  /** Corners in torchvision's order, x and y each, and the fill. */
  private static RecipeStep perspective(int... values) {
    List<Object> all = new ArrayList<>(List.of("fill", values[8]));
    for (int corner = 0; corner < 4; corner++) {
      all.addAll(List.of("x" + corner, values[2 * corner], "y" + corner, values[2 * corner + 1]));
    }
    return step("perspective", all.toArray());
  }

  private static RecipeStep step(String name, Object... values) {
    Map<String, Double> drawn = new HashMap<>();
    for (int i = 0; i < values.length; i += 2) {
      drawn.put((String) values[i], ((Number) values[i + 1]).doubleValue());
    }
    return RecipeStep.of(name, drawn);
  }
}
