package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.Yaml;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

final class ViewMakerTest {
  private static final Policy POLICY =
      Yaml.policy(
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
  void shouldMakeTheOriginalFirst() {
    // given: an image that has the output size already
    byte[] pixels = new byte[32 * 48 * 3];
    new Random(1).nextBytes(pixels);
    Source source = new Source.Pixels(ByteBuffer.wrap(pixels), 32, 48, 3);

    // when
    List<View> views = make(source, 0);

    // then
    assertThat(views).extracting(View::index).containsExactly(0, 1, 2, 3, 4);
    assertThat(views.get(0).pixels()).isEqualTo(pixels);
    assertThat(views.get(0).recipe().steps()).isEmpty();
    assertThat(views)
        .allSatisfy(view -> assertThat(view.pixels()).hasSize(32 * 48 * 3))
        .extracting(View::seed)
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldMakeTheSamePixelsAgainFromTheRecipe() {
    try (ViewMaker maker = new ViewMaker(POLICY, 1_000_000);
        ViewMaker other = new ViewMaker(POLICY, 1_000_000)) {
      for (int i = 0; i < 40; i++) {
        // given
        Source source = source(i);

        for (View view : maker.make(source, "images", 0, i)) {
          // when
          byte[] again = other.replay(source, view.recipe());

          // then
          assertThat(again).isEqualTo(view.pixels());
        }
      }
    }
  }

  @Test
  void shouldNotDependOnThreadsOrOrder() throws Exception {
    // given
    List<List<View>> expected = new ArrayList<>();
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

  @Test
  void shouldKeepNativeMemoryFlat() {
    // given
    List<Source> sources = IntStream.range(0, 12).mapToObj(ViewMakerTest::source).toList();
    List<Source> broken =
        List.of(
            new Source.File(ByteBuffer.wrap(Images.pngClaiming(500, 500))),
            new Source.File(
                ByteBuffer.wrap(Images.file(Images.picture(300, 400, 1), "jpg"), 0, 4_000)));
    try (ViewMaker maker = new ViewMaker(POLICY, 1_000_000)) {
      run(maker, sources, broken, 1_000);
      long before = Pointer.physicalBytes();

      // when: some 300 MB decoded
      run(maker, sources, broken, 3_000);

      // then
      assertThat(Pointer.physicalBytes() - before).isLessThan(60L << 20);
    }
  }

  private static void run(ViewMaker maker, List<Source> sources, List<Source> broken, int rounds) {
    for (int i = 0; i < rounds; i++) {
      maker.make(sources.get(i % sources.size()), "images", 0, i);
      try {
        maker.make(broken.get(i % broken.size()), "images", 0, i);
        throw new AssertionError("a broken file was decoded");
      } catch (RejectedImageException e) {
        assertThat(e.reason()).isEqualTo(RejectionReason.UNDECODABLE);
      }
    }
  }

  private static void compare(List<List<View>> expected, int thread) {
    try (ViewMaker maker = new ViewMaker(POLICY, 1_000_000)) {
      for (int i = 0; i < expected.size(); i++) {
        int image = (i * 7 + thread * 3) % expected.size();
        List<View> views = maker.make(source(image), "images", 0, image);
        for (View view : views) {
          View other = expected.get(image).get(view.index());
          assertThat(view.recipe()).isEqualTo(other.recipe());
          assertThat(view.seed()).isEqualTo(other.seed());
          assertThat(view.pixels()).isEqualTo(other.pixels());
        }
      }
    }
  }

  private static List<View> make(Source source, long offset) {
    try (ViewMaker maker = new ViewMaker(POLICY, 1_000_000)) {
      return maker.make(source, "images", 0, offset);
    }
  }

  private static Source source(int seed) {
    String format = List.of("jpg", "png", "bmp").get(seed % 3);
    return new Source.File(
        ByteBuffer.wrap(
            Images.file(Images.picture(60 + seed % 7 * 20, 80 + seed % 5 * 30, seed), format)));
  }
}
