package io.stillstream.augmenter.image.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.image.RecipeRenderer;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Steps that change pixel values, against other libraries and by hand. */
final class PixelOperationsTest {
  private static final Set<String> FILTERS = Set.of("gaussian_blur", "jpeg_compression");

  /** Named deviations: most levels that a step may be off above a factor of 2. */
  private static final Map<String, Integer> ABOVE_TWO =
      Map.of("saturation", 2, "sharpness", 3, "contrast", 5);

  private RecipeRenderer renderer;

  @BeforeEach
  void open() {
    renderer = new RecipeRenderer();
  }

  @AfterEach
  void close() {
    renderer.close();
  }

  @Test
  void shouldMatchOtherLibraries() {
    Set<String> images = new HashSet<>();
    for (PixelFixtures.Case one : PixelFixtures.pixels()) {
      // when
      byte[] pixels = render(one.source(), one.height(), one.width(), one.channels(), one.step());

      // then
      int[] off = differences(pixels, one.expected());
      if (FILTERS.contains(one.step().name())) {
        assertThat(mean(off)).as("mean of %s", one).isLessThanOrEqualTo(0.5);
        assertThat(percentile99(off)).as("99th percentile of %s", one).isLessThanOrEqualTo(3);
      } else {
        assertThat(most(off)).as("most of %s", one).isLessThanOrEqualTo(bound(one.step()));
      }
      images.add(one.image());
    }
    assertThat(images).hasSize(8);
  }

  @Test
  void shouldBeExactWhereTheNormIsInWholeNumbers() {
    // given
    Set<String> exact = Set.of("posterize", "solarize", "equalize", "invert");

    for (PixelFixtures.Case one : PixelFixtures.pixels()) {
      if (exact.contains(one.step().name())) {
        // when
        byte[] pixels = render(one.source(), one.height(), one.width(), one.channels(), one.step());

        // then
        assertThat(pixels).as(one.toString()).isEqualTo(one.expected());
      }
    }
  }

  @Test
  void shouldLeaveImagesAsTheyAreAtNeutralValues() {
    // given
    byte[] rgb = new byte[20 * 30 * 3];
    new Random(1).nextBytes(rgb);

    // then
    for (RecipeStep step :
        List.of(
            factor("brightness", 1),
            factor("contrast", 1),
            factor("saturation", 1),
            factor("hue", 0),
            factor("hue", 1),
            factor("sharpness", 1),
            RecipeStep.of("gamma", Map.of("gamma", 1.0)),
            RecipeStep.of("posterize", Map.of("bits", 8.0)),
            RecipeStep.of("color_matrix", Map.of("order", 1.0, "brightness", 1.0)),
            noise(0, 0, 5))) {
      assertThat(most(differences(render(rgb, 20, 30, 3, step), rgb)))
          .as(step.toString())
          .isEqualTo(0);
    }
  }

  @Test
  void shouldRotateTheHueFromRedOverYellowToGreen() {
    // given
    byte[] red = levels(200, 0, 0);

    // then
    assertThat(render(red, 1, 1, 3, factor("hue", 1 / 6.0))).containsExactly(levels(200, 200, 0));
    assertThat(render(red, 1, 1, 3, factor("hue", 1 / 3.0))).containsExactly(levels(0, 200, 0));
    byte[] linear =
        render(red, 1, 1, 3, RecipeStep.of("color_matrix", Map.of("order", 4.0, "hue", 1 / 3.0)));
    assertThat(linear[1] & 0xFF).isGreaterThan(linear[0] & 0xFF).isGreaterThan(linear[2] & 0xFF);
  }

  @Test
  void shouldTurnTheHueOfLargeImagesAsOfSmallOnes() {
    // given: more pixels than are worked on at a time, and their last rows
    byte[] large = new byte[150 * 130 * 3];
    new Random(2).nextBytes(large);
    byte[] last = Arrays.copyOfRange(large, 120 * 130 * 3, large.length);

    // when
    byte[] turned = render(large, 150, 130, 3, factor("hue", 0.2));

    // then
    assertThat(Arrays.copyOfRange(turned, 120 * 130 * 3, large.length))
        .isEqualTo(render(last, 30, 130, 3, factor("hue", 0.2)))
        .isNotEqualTo(last);
  }

  @Test
  void shouldComeCloseToTheFourStepsWithOneMatrix() {
    // given: the same with and without a turn of the hue
    Map<String, Double> factors = Map.of("brightness", 1.1, "contrast", 0.9, "saturation", 1.2);
    Map<String, Double> turned = new HashMap<>(factors);
    turned.put("hue", 0.03);
    turned.put("order", 2413.0);
    Map<String, Double> plain = new HashMap<>(factors);
    plain.put("order", 213.0);
    RecipeStep contrast = factor("contrast", 0.9);
    RecipeStep hue = factor("hue", 0.03);
    RecipeStep brightness = factor("brightness", 1.1);
    RecipeStep saturation = factor("saturation", 1.2);

    for (PixelFixtures.Case one : PixelFixtures.pixels()) {
      if (one.isPhotograph()) {
        // when
        byte[] fused = render(one, RecipeStep.of("color_matrix", plain));
        byte[] each = render(one, contrast, brightness, saturation);
        byte[] fusedTurned = render(one, RecipeStep.of("color_matrix", turned));
        byte[] eachTurned = render(one, contrast, hue, brightness, saturation);

        // then: without hue only cutting off, with it another hue, 11 degrees of which are at most
        // this much on these photographs
        assertThat(mean(differences(fused, each))).as(one.image()).isLessThan(1);
        assertThat(mean(differences(fusedTurned, eachTurned))).as(one.image()).isLessThan(8);
      }
    }
  }

  @Test
  void shouldNotSharpenImagesWithoutInnerPixels() {
    // given
    byte[] grey = {10, 90, 30, 70};

    // then
    assertThat(render(grey, 2, 2, 1, factor("sharpness", 3))).isEqualTo(grey);
    assertThat(render(grey, 1, 4, 1, factor("sharpness", 3))).isEqualTo(grey);
  }

  @Test
  void shouldKeepPlainAreasUnderEveryBlur() {
    // given
    byte[] white = new byte[12 * 15 * 3];
    Arrays.fill(white, (byte) 255);

    for (int kernel = 1; kernel <= 99; kernel += 14) {
      for (double sigma : new double[] {0.01, 0.5, 3, 25, 99}) {
        // when
        byte[] blurred = render(white, 12, 15, 3, blur(kernel, sigma));

        // then
        assertThat(blurred).as("kernel %d, sigma %f", kernel, sigma).isEqualTo(white);
      }
    }
  }

  @Test
  void shouldEraseRectangles() {
    // given
    byte[] grey = new byte[3 * 4];
    RecipeStep erase =
        RecipeStep.of(
            "erase", Map.of("top", 1.0, "left", 2.0, "height", 2.0, "width", 1.0, "value", 200.0));

    // then
    assertThat(render(grey, 3, 4, 1, erase))
        .containsExactly(levels(0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 200, 0));
  }

  @Test
  void shouldEraseWithNoiseInWhichAllLevelsAreAlike() {
    // given
    RecipeStep erase =
        RecipeStep.of(
            "erase", Map.of("top", 0.0, "left", 1.0, "height", 100.0, "width", 99.0, "seed", 77.0));

    // when
    byte[] noise = render(new byte[100 * 100 * 3], 100, 100, 3, erase);

    // then: some 29,700 levels, 116 of each
    int[] counts = new int[256];
    for (int i = 0; i < noise.length; i++) {
      if (i % 300 < 3) {
        assertThat(noise[i]).isZero();
      } else {
        counts[noise[i] & 0xFF]++;
      }
    }
    assertThat(Arrays.stream(counts).boxed()).allSatisfy(n -> assertThat(n).isBetween(60, 172));
  }

  @Test
  void shouldRejectWhatWouldWriteOutsideOfTheImage() {
    for (double top : new double[] {-1, 2, 1e9}) {
      assertThatThrownBy(
              () ->
                  render(
                      new byte[4],
                      2,
                      2,
                      1,
                      RecipeStep.of(
                          "erase",
                          Map.of(
                              "top", top, "left", 0.0, "height", 1.0, "width", 1.0, "seed", 1.0))))
          .hasMessageContaining("not within the image");
    }
    assertThatThrownBy(() -> render(new byte[4], 2, 2, 1, blur(4, 1)))
        .hasMessageContaining("kernel of 4");
    assertThatThrownBy(() -> render(new byte[4], 2, 2, 1, blur(101, 1)))
        .hasMessageContaining("kernel of 101");
  }

  @Tag("slow")
  @Test
  void shouldKeepNativeMemoryFlat() {
    // given
    List<PixelFixtures.Case> cases =
        PixelFixtures.pixels().stream().filter(one -> one.height() > 1).toList();
    renderAll(cases, 40);
    long before = Pointer.totalBytes();
    long resident = Pointer.physicalBytes();

    // when: a leak of one small image per step would be 180 MB
    renderAll(cases, 80);

    // then
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
    assertThat(Pointer.physicalBytes() - resident).isLessThan(60L << 20);
  }

  private void renderAll(List<PixelFixtures.Case> cases, int rounds) {
    for (int i = 0; i < rounds; i++) {
      cases.forEach(one -> render(one, one.step()));
    }
  }

  private byte[] render(PixelFixtures.Case one, RecipeStep... steps) {
    return render(one.source(), one.height(), one.width(), one.channels(), steps);
  }

  private byte[] render(byte[] pixels, int height, int width, int channels, RecipeStep... steps) {
    try (ImageDecoder decoder = new ImageDecoder(channels, 1_000_000)) {
      var image =
          decoder.decode(
              new ImageSource.RawPixels(ByteBuffer.wrap(pixels), height, width, channels));
      renderer.imageChanged();
      return renderer
          .render(image, new ImageSize(height, width), ProjectiveTransform.IDENTITY, List.of(steps))
          .bytes();
    }
  }

  private static int bound(RecipeStep step) {
    double factor = step.values().getOrDefault("factor", 1.0);
    return factor > 2 ? ABOVE_TWO.getOrDefault(step.name(), 1) : 1;
  }

  private static int[] differences(byte[] pixels, byte[] expected) {
    assertThat(pixels).hasSameSizeAs(expected);
    int[] off = new int[pixels.length];
    for (int i = 0; i < off.length; i++) {
      off[i] = Math.abs((pixels[i] & 0xFF) - (expected[i] & 0xFF));
    }
    Arrays.sort(off);
    return off;
  }

  private static int most(int[] off) {
    return off[off.length - 1];
  }

  private static int percentile99(int[] off) {
    return off[(int) (0.99 * (off.length - 1))];
  }

  private static double mean(int[] off) {
    return Arrays.stream(off).average().orElseThrow();
  }

  private static RecipeStep factor(String name, double factor) {
    return RecipeStep.of(name, Map.of("factor", factor));
  }

  private static RecipeStep blur(int kernel, double sigma) {
    return RecipeStep.of("gaussian_blur", Map.of("kernel_size", (double) kernel, "sigma", sigma));
  }

  private static RecipeStep noise(double mean, double sigma, double seed) {
    return RecipeStep.of("gaussian_noise", Map.of("mean", mean, "sigma", sigma, "seed", seed));
  }

  private static byte[] levels(int... levels) {
    byte[] bytes = new byte[levels.length];
    for (int i = 0; i < levels.length; i++) {
      bytes[i] = (byte) levels[i];
    }
    return bytes;
  }
}
