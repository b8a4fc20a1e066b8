package io.stillstream.bench.augmenter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.PairedBenchmark;
import io.stillstream.bench.comparison.RatioTarget;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.BenchmarkPolicies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The rows that compare the augmenter in process with the augmenter as a service: the ratio says
 * how much more of the processor a stream thread takes for an image than the work itself.
 */
enum AugmenterKafkaBenchmark {
  PHOTO_RAW("kafka-photo-raw", "photo", "raw"),
  PHOTO_JPEG("kafka-photo-jpeg", "photo", "jpeg"),
  SMALL("kafka-small", "small", "raw");

  private static final int VIEWS = 4;
  private static final RatioTarget TARGET = RatioTarget.atMost(1.7);

  private final String rowName;
  private final String policy;
  private final String encoding;

  AugmenterKafkaBenchmark(String rowName, String policy, String encoding) {
    this.rowName = rowName;
    this.policy = policy;
    this.encoding = encoding;
  }

  String rowName() {
    return rowName;
  }

  /** Starts a broker below the directory and measures. */
  BenchmarkResult measure(BenchmarkImages inputs, Path directory, Duration turn, int rounds) {
    List<Path> files = this == SMALL ? inputs.smallPng() : inputs.photos();
    try (AugmenterTestbed testbed =
        new AugmenterTestbed(directory.resolve(rowName), policy(), BenchmarkImages.bytes(files))) {
      return new PairedBenchmark(
              rowName, Optional.of(TARGET), testbed.inProcess(), testbed.throughKafka())
          .measure(turn, rounds);
    }
  }

  private ObjectNode policy() {
    ObjectNode tree = (ObjectNode) BenchmarkPolicies.tree(policy);
    return tree.put("views", VIEWS).put("encoding", encoding);
  }
}
