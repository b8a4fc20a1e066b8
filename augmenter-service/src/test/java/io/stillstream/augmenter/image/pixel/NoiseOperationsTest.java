package io.stillstream.augmenter.image.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.image.RecipeRenderer;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

final class NoiseOperationsTest {
  private static final int SIDE = 256;

  /** P(Z ≤ z) for z = −3, −2.5, …, 3 (Abramowitz and Stegun, table 26.1). */
  private static final double[] NORMAL = {
    0.00135, 0.00621, 0.02275, 0.06681, 0.15866, 0.30854, 0.5, 0.69146, 0.84134, 0.93319, 0.97725,
    0.99379, 0.99865
  };

  @Test
  void shouldHaveTheMeanAndDeviationAskedFor() {
    for (double sigma : new double[] {4, 20}) {
      // when
      int[] noise = noise(10 / 255.0, sigma / 255, 1);

      // then: rounding to whole levels adds 1/12 to the variance
      double mean = Arrays.stream(noise).average().orElseThrow();
      double squares = Arrays.stream(noise).mapToDouble(n -> (n - mean) * (n - mean)).sum();
      assertThat(mean).isCloseTo(10, within(4 * sigma / SIDE));
      assertThat(squares / noise.length)
          .isCloseTo(sigma * sigma + 1 / 12.0, within(0.025 * sigma * sigma));
    }
  }

  @Test
  void shouldHaveTheShapeOfANormalDistribution() {
    // given
    int[] noise = noise(0, 20 / 255.0, 2);

    for (int i = 0; i < NORMAL.length; i++) {
      // when: levels up to z · sigma, and half of the one that is rounded there
      int level = (i - 6) * 10;
      double below = Arrays.stream(noise).filter(n -> n < level).count();
      double at = Arrays.stream(noise).filter(n -> n == level).count();

      // then: three and a half standard errors of a share of 65,536
      assertThat((below + at / 2) / noise.length).isCloseTo(NORMAL[i], within(0.007));
    }
  }

  @Test
  void shouldTreatAdjacentPixelsIndependently() {
    // given
    int[] noise = noise(0, 20 / 255.0, 3);

    for (int distance : new int[] {1, 2, 3, 4, SIDE}) {
      // when
      double sum = 0;
      for (int i = distance; i < noise.length; i++) {
        sum += (double) noise[i] * noise[i - distance];
      }

      // then: the correlation of independent ones is within 4/√65,536
      assertThat(sum / noise.length / 400).isCloseTo(0, within(4.0 / SIDE));
    }
  }

  @Test
  void shouldDependOnTheSeedAloneAndKeepTheValuesOfEarlierVersions() {
    // when
    byte[] noise = render(new byte[35], 0.5, 0.2, 123_456_789);

    // then: the golden value keeps the pixels of old recipes
    assertThat(render(new byte[35], 0.5, 0.2, 123_456_789)).isEqualTo(noise);
    assertThat(render(new byte[35], 0.5, 0.2, 123_456_788)).isNotEqualTo(noise);
    CRC32 crc = new CRC32();
    crc.update(noise);
    assertThat(crc.getValue()).isEqualTo(3_293_147_885L);
  }

  @Test
  void shouldStopAtBlackAndWhite() {
    assertThat(render(new byte[] {0, 100, -1}, -1, 0, 1)).containsExactly(0, 0, 0);
    assertThat(render(new byte[] {0, 100, -1}, 1, 0, 1)).containsExactly(-1, -1, -1);
  }

  /** Deviates, from a grey image in the middle of all levels. */
  private static int[] noise(double mean, double sigma, long seed) {
    byte[] grey = new byte[SIDE * SIDE];
    Arrays.fill(grey, (byte) 128);
    byte[] noisy = render(grey, mean, sigma, seed);
    int[] noise = new int[noisy.length];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (noisy[i] & 0xFF) - 128;
    }
    return noise;
  }

  private static byte[] render(byte[] grey, double mean, double sigma, long seed) {
    RecipeStep step =
        RecipeStep.of(
            "gaussian_noise", Map.of("mean", mean, "sigma", sigma, "seed", (double) seed));
    try (ImageDecoder decoder = new ImageDecoder(1, 1_000_000);
        RecipeRenderer renderer = new RecipeRenderer()) {
      var image =
          decoder.decode(new ImageSource.RawPixels(ByteBuffer.wrap(grey), 1, grey.length, 1));
      return renderer
          .render(image, new ImageSize(1, grey.length), ProjectiveTransform.IDENTITY, List.of(step))
          .bytes();
    }
  }
}
