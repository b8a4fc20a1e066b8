package io.stillstream.bench.augmenter;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.ViewSeed;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.bench.comparison.JavaWorkload;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.BenchmarkPolicies;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.util.List;

/** The augmenter's own view generator on one thread. */
final class InProcessAugmenter implements AutoCloseable {
  private static final String TOPIC = "images";

  private final AugmenterBenchmark row;
  private final Policy policy;
  private final ViewGenerator generator;

  InProcessAugmenter(AugmenterBenchmark row) {
    this.row = row;
    policy = BenchmarkPolicies.named(row.policy());
    generator = new ViewGenerator(policy, PixelCodec.MAX_PIXELS);
  }

  /** The workload over the given files. */
  Workload workload(List<byte[]> files) {
    return new JavaWorkload<>(
        files.stream().map(this::source).toList(), (source, number) -> make(source, number).size());
  }

  /**
   * The views of one file: one augmented view of a photograph of 500 × 375, all views of the
   * others.
   *
   * @param number stands for the image's place in the stream; all random values rest on it
   */
  List<RenderedView> views(byte[] file, long number) {
    return make(source(file), number);
  }

  private List<RenderedView> make(ImageSource source, long number) {
    return switch (row.set()) {
      case PHOTOS ->
          one(
              source,
              number,
              new ImageSize(BenchmarkImages.PHOTO_HEIGHT, BenchmarkImages.PHOTO_WIDTH));
      case LARGE, SMALL, SMALL_PNG -> generator.generate(source, TOPIC, 0, number, null);
    };
  }

  /** The first augmented view alone: what a policy makes always has the original, too. */
  private List<RenderedView> one(ImageSource source, long number, ImageSize size) {
    long seed = ViewSeed.of(policy.seed(), TOPIC, 0, number, 1);
    ViewRecipe recipe = policy.recipe(1, RandomStream.of(seed), size);
    return List.of(new RenderedView(1, seed, recipe, generator.replay(source, recipe), null));
  }

  private ImageSource source(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    return row.set() == AugmenterBenchmark.InputSet.SMALL
        ? new ImageSource.RawPixels(
            bytes, BenchmarkImages.SMALL_SIDE, BenchmarkImages.SMALL_SIDE, 1)
        : new ImageSource.FileSource(bytes);
  }

  @Override
  public void close() {
    generator.close();
  }
}
