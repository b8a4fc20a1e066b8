package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.policy.Recipe;
import io.stillstream.augmenter.policy.Size;
import io.stillstream.augmenter.policy.Step;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

/** What each operation does to small images whose result is known by hand. */
final class WarpTest {
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
    Step[] steps = {
      step("rotate", "degrees", 20),
      step("translate", "x", 3, "y", -2),
      step("horizontal_flip"),
      step("rotate", "degrees", -7)
    };

    // when
    int[][] fused = apply(image, steps);
    int[][] sequential = image;
    for (Step step : steps) {
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
  void shouldTreatChannelsAlike() {
    // given
    byte[] rgb = {1, 2, 3, 4, 5, 6};
    Recipe flip = new Recipe(List.of(step("horizontal_flip")));

    // then
    assertThat(render(rgb, 1, 2, 3, flip)).containsExactly(4, 5, 6, 1, 2, 3);
  }

  private static int[][] apply(int[][] image, Step... steps) {
    int height = image.length;
    int width = image[0].length;
    byte[] pixels = new byte[height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) image[i / width][i % width];
    }
    Recipe recipe = new Recipe(Arrays.asList(steps));
    byte[] result = render(pixels, height, width, 1, recipe);
    Size size = recipe.frame(new Size(height, width)).size();
    int[][] rows = new int[size.height()][size.width()];
    for (int i = 0; i < result.length; i++) {
      rows[i / size.width()][i % size.width()] = Byte.toUnsignedInt(result[i]);
    }
    return rows;
  }

  private static byte[] render(byte[] pixels, int height, int width, int channels, Recipe recipe) {
    try (Decoder decoder = new Decoder(channels, 1_000_000);
        Warp warp = new Warp()) {
      Mat image =
          decoder.decode(new Source.Pixels(ByteBuffer.wrap(pixels), height, width, channels));
      return warp.render(image, recipe.frame(new Size(height, width)));
    }
  }

  private static Step step(String name, Object... values) {
    Map<String, Double> drawn = new HashMap<>();
    for (int i = 0; i < values.length; i += 2) {
      drawn.put((String) values[i], ((Number) values[i + 1]).doubleValue());
    }
    return Step.of(name, drawn);
  }
}
