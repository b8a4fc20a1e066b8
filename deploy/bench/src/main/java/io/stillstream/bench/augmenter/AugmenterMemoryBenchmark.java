package io.stillstream.bench.augmenter;

import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.BenchmarkPolicies;
import io.stillstream.bench.machine.ProcessMemory;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.bench.report.MedianSpread;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes views of many images of mixed sizes on one thread and watches the process's memory: native
 * memory that is lost shows as growth, whatever lost it.
 */
final class AugmenterMemoryBenchmark {
  /** Fewer images than this say nothing. */
  static final int LEAST = 1_000;

  private static final int SAMPLES = 200;
  private static final long SEED = 42;

  private final List<ByteBuffer> small;
  private final List<ByteBuffer> photos;
  private final List<ByteBuffer> large;
  private final BenchmarkReport report;

  AugmenterMemoryBenchmark(BenchmarkImages inputs, BenchmarkReport report) {
    small = buffers(inputs.smallPng());
    photos = buffers(inputs.photos());
    large = buffers(inputs.large());
    this.report = report;
  }

  /** Makes the views of so many images, and prints what it saw. */
  void run(int images) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<ProcessMemory> samples = new ArrayList<>();
    int every = images / SAMPLES;
    try (ViewGenerator generator =
        new ViewGenerator(BenchmarkPolicies.named("photo"), PixelCodec.MAX_PIXELS)) {
      for (int i = 0; i < images; i++) {
        boolean sample = (i + 1) % Math.max(1, every) == 0;
        // A sample is taken after a small image: what a large one needs is freed at the next.
        ByteBuffer file = sample ? small.get(i % small.size()) : pick(random);
        generator.generate(new ImageSource.FileSource(file), "images", 0, i, null);
        if (sample) {
          samples.add(ProcessMemory.now());
        }
      }
    }
    report.printMemory(
        "images of mixed sizes", images, MedianSpread.afterWarmUp(samples), List.of(), Map.of());
  }

  /** Of a thousand images: 1 of 12 MP, 249 of 500 × 375, 750 of 28 × 28. */
  private ByteBuffer pick(SplittableRandom random) {
    int number = random.nextInt(1000);
    List<ByteBuffer> from = number == 0 ? large : number < 250 ? photos : small;
    return from.get(random.nextInt(from.size()));
  }

  private static List<ByteBuffer> buffers(List<java.nio.file.Path> files) {
    return BenchmarkImages.bytes(files).stream().map(ByteBuffer::wrap).toList();
  }
}
