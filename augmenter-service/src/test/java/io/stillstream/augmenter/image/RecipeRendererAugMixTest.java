package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.recipe.AugMixChains;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

final class RecipeRendererAugMixTest {
  private static final ImageSize SIZE = new ImageSize(20, 30);
  private static final RecipeStep INVERT = RecipeStep.of("invert");
  private static final RecipeStep TURN = RecipeStep.of("rotate", Map.of("degrees", 20.0));
  private static final RecipeStep FLIP = RecipeStep.of("horizontal_flip");

  @Test
  void shouldSumTheImageAndItsChainsAndTruncateFractions() {
    // given: something before and behind, so that the mix starts from the image at that point
    List<RecipeStep> before = List.of(FLIP, TURN);
    List<List<RecipeStep>> chains =
        List.of(List.of(TURN, INVERT), List.of(), List.of(INVERT, FLIP, TURN));
    double[] weights = {0.21, 0.125, 0.3};
    double own = 1 - 0.21 - 0.125 - 0.3;
    AugMixChains mixture =
        new AugMixChains(
            own,
            List.of(
                new AugMixChains.Chain(weights[0], chains.get(0)),
                new AugMixChains.Chain(weights[1], chains.get(1)),
                new AugMixChains.Chain(weights[2], chains.get(2))));
    List<RecipeStep> recipe = new ArrayList<>(before);
    recipe.addAll(mixture.steps());
    recipe.add(INVERT);

    // when
    int[] mixed = render(noise(3), SIZE, 3, recipe);

    // then: every chain made on its own, from the rendered start
    int[] start = render(noise(3), SIZE, 3, before);
    byte[] bytes = bytes(start);
    double[] sum = Arrays.stream(start).mapToDouble(level -> own * level).toArray();
    for (int i = 0; i < chains.size(); i++) {
      int[] levels = render(bytes, SIZE, 3, chains.get(i));
      for (int k = 0; k < sum.length; k++) {
        sum[k] += weights[i] * levels[k];
      }
    }
    int[] expected = Arrays.stream(sum).mapToInt(level -> 255 - (int) (level + 0.001)).toArray();
    int exact = 0;
    for (int k = 0; k < expected.length; k++) {
      assertThat(mixed[k]).isBetween(expected[k] - 1, expected[k] + 1); // single precision
      exact += mixed[k] == expected[k] ? 1 : 0;
    }
    assertThat(exact).isGreaterThan(expected.length * 99 / 100);
  }

  @Test
  void shouldKeepWhatIsEqualInAllChains() {
    // given: thirds, which no binary fraction sums up to 1
    List<RecipeStep> steps =
        new AugMixChains(
                1.0 / 3,
                List.of(
                    new AugMixChains.Chain(1.0 / 3, List.of()),
                    new AugMixChains.Chain(1.0 / 3, List.of())))
            .steps();

    for (int level = 0; level < 256; level++) {
      // when
      byte[] plain = new byte[4];
      Arrays.fill(plain, (byte) level);

      // then
      assertThat(render(plain, new ImageSize(2, 2), 1, steps)).containsOnly(level);
    }
  }

  @Test
  void shouldRejectAChainThatChangesTheSize() {
    // given
    RecipeStep larger = RecipeStep.of("resize", Map.of("height", 40.0, "width", 30.0));
    List<RecipeStep> steps =
        new AugMixChains(0.5, List.of(new AugMixChains.Chain(0.5, List.of(larger)))).steps();

    // then
    assertThatThrownBy(() -> render(noise(1), SIZE, 1, steps)).hasMessageContaining("size");
  }

  private static byte[] noise(int channels) {
    byte[] pixels = new byte[SIZE.height() * SIZE.width() * channels];
    new Random(9).nextBytes(pixels);
    return pixels;
  }

  private static byte[] bytes(int[] levels) {
    byte[] bytes = new byte[levels.length];
    for (int i = 0; i < levels.length; i++) {
      bytes[i] = (byte) levels[i];
    }
    return bytes;
  }

  private static int[] render(byte[] pixels, ImageSize size, int channels, List<RecipeStep> steps) {
    try (ImageDecoder decoder = new ImageDecoder(channels, 10_000);
        RecipeRenderer renderer = new RecipeRenderer()) {
      Mat image =
          decoder.decode(
              new ImageSource.RawPixels(
                  ByteBuffer.wrap(pixels), size.height(), size.width(), channels));
      byte[] result = renderer.render(image, size, ProjectiveTransform.IDENTITY, steps).bytes();
      int[] levels = new int[result.length];
      for (int i = 0; i < result.length; i++) {
        levels[i] = Byte.toUnsignedInt(result[i]);
      }
      return levels;
    }
  }
}
