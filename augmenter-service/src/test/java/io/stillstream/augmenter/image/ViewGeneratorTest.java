package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.image.decode.RejectionReason;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ViewGeneratorTest {
  private static final Policy POLICY =
      PolicyYaml.policy(
          """
          seed: 5
          views: 5
          output: {height: 32, width: 48, channels: 3, fit: crop}
          operations:
            - rotate: {degrees: 30, p: 0.8}
            - horizontal_flip
            - random_crop: {height: 60, width: 60, padding: 4, p: 0.7}
            - translate: {pixels: [3, 5]}
          """);

  @Test
  void shouldGenerateTheOriginalFirst() {
    // given: an image that has the output size already
    byte[] pixels = new byte[32 * 48 * 3];
    new Random(1).nextBytes(pixels);
    ImageSource source = new ImageSource.RawPixels(ByteBuffer.wrap(pixels), 32, 48, 3);

    // when
    List<RenderedView> views = make(source, 0);

    // then
    assertThat(views).extracting(RenderedView::index).containsExactly(0, 1, 2, 3, 4);
    assertThat(views.get(0).pixels()).isEqualTo(pixels);
    assertThat(views.get(0).recipe().steps()).isEmpty();
    assertThat(views)
        .allSatisfy(view -> assertThat(view.pixels()).hasSize(32 * 48 * 3))
        .extracting(RenderedView::seed)
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldReplayTheSamePixelsFromTheRecipe() {
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000);
        ViewGenerator other = new ViewGenerator(POLICY, 1_000_000)) {
      for (int i = 0; i < 40; i++) {
        // given
        ImageSource source = source(i);

        for (RenderedView view : generator.generate(source, "images", 0, i)) {
          // when
          byte[] again = other.replay(source, view.recipe());

          // then
          assertThat(again).isEqualTo(view.pixels());
        }
      }
    }
  }

  @Test
  void shouldReplayViewsOfEarlierVersionsWhoseSeedsHave64Bits() {
    // given: a view of a version whose seeds had 64 bits, operations of whole numbers only
    Policy policy =
        PolicyYaml.policy(
            """
            output: {height: 16, width: 16, channels: 1}
            operations:
              - horizontal_flip
              - translate: {pixels: 4}
              - gaussian_noise: {sigma: [0.05, 0.2]}
            """);
    byte[] pixels = new byte[16 * 16];
    IntStream.range(0, pixels.length).forEach(i -> pixels[i] = (byte) i);
    ImageSource source = new ImageSource.RawPixels(ByteBuffer.wrap(pixels), 16, 16, 1);
    long seed = -7151544070541989730L;

    // when
    ViewRecipe recipe = policy.recipe(1, RandomStream.of(seed), new ImageSize(16, 16));

    // then
    assertThat(recipe.steps())
        .containsExactly(
            RecipeStep.of("translate", Map.of("x", 2.0, "y", -2.0)),
            RecipeStep.of(
                "gaussian_noise",
                Map.of("mean", 0.0, "seed", 2.463904877878213E15, "sigma", 0.08726111375685824)));
    try (ViewGenerator generator = new ViewGenerator(policy, 1_000_000)) {
      assertThat(crc32(generator.replay(source, recipe))).isEqualTo(2117115272L);
    }
  }

  @Test
  void shouldDecodeAtTheLargestReductionWithoutLossOfDetail() {
    // given: 320 × 480, views of 32 × 48 of all of it, and at most a turn of half of it
    String policy =
        """
        views: %d
        output: {height: 32, width: 48}
        operations: [{rotate: {degrees: [90, 90]}}, {center_crop: {height: 160, width: 240}}]
        """;
    ImageSource photograph =
        new ImageSource.FileSource(
            ByteBuffer.wrap(TestImages.file(TestImages.picture(320, 480, 3), "jpg")));
    ImageSource screenshot =
        new ImageSource.FileSource(
            ByteBuffer.wrap(TestImages.file(TestImages.picture(320, 480, 3), "png")));

    // then
    assertThat(scales(policy.formatted(1), photograph)).containsOnly(8);
    assertThat(scales(policy.formatted(3), photograph)).containsOnly(4);
    assertThat(scales(policy.formatted(3), screenshot)).containsOnly(1);
  }

  @Test
  void shouldShowTheSameAtEveryDecodeScale() {
    // given
    ImageSource photograph =
        new ImageSource.FileSource(
            ByteBuffer.wrap(TestImages.file(TestImages.picture(321, 483, 3), "jpg")));
    Policy policy =
        PolicyYaml.policy(
            """
            output: {height: 32, width: 48}
            operations: [{rotate: {degrees: 30}}, horizontal_flip]
            """);
    try (ViewGenerator generator = new ViewGenerator(policy, 1_000_000)) {
      for (RenderedView view : generator.generate(photograph, "images", 0, 7)) {
        byte[] full = generator.replay(photograph, view.recipe().withDecodeScale(1));
        for (int scale : new int[] {2, 4, 8}) {
          // when
          byte[] reduced = generator.replay(photograph, view.recipe().withDecodeScale(scale));

          // then: the picture has waves of nine pixels, so a shift of half a pixel would show
          assertThat(meanDifference(full, reduced)).isLessThan(2.0);
        }
      }
    }
  }

  @Test
  void shouldReturnTheSizeThatRecipesAreDrawnFor() {
    // given
    ImageSource source = new ImageSource.RawPixels(ByteBuffer.wrap(new byte[6 * 7 * 3]), 6, 7, 3);

    // then
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000)) {
      assertThat(generator.size(source)).isEqualTo(new ImageSize(6, 7));
    }
  }

  @Test
  void shouldNotDependOnThreadsOrOrder() throws Exception {
    // given
    List<List<RenderedView>> expected = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      expected.add(make(source(i), i));
    }

    // when: four threads, each over all images in an order of its own
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> futures =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(thread -> threads.submit(() -> compare(expected, thread)))
              .toList();

      // then
      for (Future<?> future : futures) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Tag("slow")
  @Test
  void shouldKeepNativeMemoryFlat() {
    // given
    List<ImageSource> sources = IntStream.range(0, 12).mapToObj(ViewGeneratorTest::source).toList();
    List<ImageSource> broken =
        List.of(
            new ImageSource.FileSource(ByteBuffer.wrap(TestImages.pngClaiming(500, 500))),
            new ImageSource.FileSource(
                ByteBuffer.wrap(
                    TestImages.file(TestImages.picture(300, 400, 1), "jpg"), 0, 4_000)));
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000)) {
      run(generator, sources, broken, 1_000);
      long before = Pointer.physicalBytes();

      // when: some 300 MB decoded
      run(generator, sources, broken, 3_000);

      // then
      assertThat(Pointer.physicalBytes() - before).isLessThan(60L << 20);
    }
  }

  private static void run(
      ViewGenerator generator, List<ImageSource> sources, List<ImageSource> broken, int rounds) {
    for (int i = 0; i < rounds; i++) {
      generator.generate(sources.get(i % sources.size()), "images", 0, i);
      try {
        generator.generate(broken.get(i % broken.size()), "images", 0, i);
        throw new AssertionError("a broken file was decoded");
      } catch (RejectedImageException e) {
        assertThat(e.reason()).isEqualTo(RejectionReason.UNDECODABLE);
      }
    }
  }

  private static void compare(List<List<RenderedView>> expected, int thread) {
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000)) {
      for (int i = 0; i < expected.size(); i++) {
        int image = (i * 7 + thread * 3) % expected.size();
        List<RenderedView> views = generator.generate(source(image), "images", 0, image);
        for (RenderedView view : views) {
          RenderedView other = expected.get(image).get(view.index());
          assertThat(view.recipe()).isEqualTo(other.recipe());
          assertThat(view.seed()).isEqualTo(other.seed());
          assertThat(view.pixels()).isEqualTo(other.pixels());
        }
      }
    }
  }

  private static List<Integer> scales(String policy, ImageSource source) {
    try (ViewGenerator generator = new ViewGenerator(PolicyYaml.policy(policy), 1_000_000)) {
      return generator.generate(source, "images", 0, 0).stream()
          .map(view -> view.recipe().decodeScale())
          .toList();
    }
  }

  private static double meanDifference(byte[] one, byte[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs(Byte.toUnsignedInt(one[i]) - Byte.toUnsignedInt(other[i]));
    }
    return sum / one.length;
  }

  private static List<RenderedView> make(ImageSource source, long offset) {
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000)) {
      return generator.generate(source, "images", 0, offset);
    }
  }

  private static ImageSource source(int seed) {
    String format = List.of("jpg", "png", "bmp").get(seed % 3);
    return new ImageSource.FileSource(
        ByteBuffer.wrap(
            TestImages.file(
                TestImages.picture(60 + seed % 7 * 20, 80 + seed % 5 * 30, seed), format)));
  }

  private static long crc32(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
