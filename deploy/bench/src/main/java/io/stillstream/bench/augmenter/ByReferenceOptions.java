package io.stillstream.bench.augmenter;

import io.stillstream.bench.reference.ByReferenceBenchmark;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the benchmark of images by reference. */
final class ByReferenceOptions {
  @Option(
      names = "--by-reference",
      description = {
        "Instead: the service with images by reference, on a server of S3, against the same images",
        "by value, turn by turn."
      })
  private boolean asked;

  @Option(
      names = "--images",
      defaultValue = "10000",
      paramLabel = "N",
      description =
          "With --by-reference: images of each side, all rounds together; default"
              + " ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--latency",
      defaultValue = "50",
      paramLabel = "MS",
      description =
          "With --by-reference: milliseconds that each request to the server takes in addition;"
              + " default ${DEFAULT-VALUE}.")
  private int latencyMillis;

  boolean isAsked() {
    return asked;
  }

  /** What is wrong with the options; empty if nothing is. */
  Optional<String> check() {
    if (images < 1) {
      return Optional.of("--images must be at least 1, was " + images);
    }
    if (latencyMillis < 0 || latencyMillis > 10_000) {
      return Optional.of("--latency must be within 0 and 10000, was " + latencyMillis);
    }
    return Optional.empty();
  }

  /**
   * The measurement.
   *
   * @param directory for its files
   */
  ByReferenceBenchmark.Plan plan(Path directory, List<Path> photos, int rounds) {
    return new ByReferenceBenchmark.Plan(
        Path.of(System.getProperty("stillstream.home", "")).toAbsolutePath().normalize(),
        directory.resolve("by-reference"),
        photos,
        images,
        rounds,
        Duration.ofMillis(latencyMillis));
  }
}
