package io.stillstream.bench.augmenter;

import io.stillstream.bench.comparison.RatioTarget;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.BenchmarkPolicies;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The rows that compare the augmenter with OpenCV; docs/augmenter.md says what each measures. */
enum AugmenterBenchmark {
  PHOTO("photo", "photo", InputSet.PHOTOS, 1.35),
  PHOTO_NAIVE("photo-naive", "photo", InputSet.PHOTOS, 0),
  PHOTO_MATRIX("photo-matrix", "photo-matrix", InputSet.PHOTOS, 0),
  LARGE_FULL("12mp-full", "photo", InputSet.LARGE, 1.8),
  LARGE_REDUCED("12mp-reduced", "photo", InputSet.LARGE, 1.2),
  SMALL("small", "small", InputSet.SMALL, 1.3),
  SMALL_PNG("small-png", "small", InputSet.SMALL_PNG, 1.3);

  /** What a row reads. */
  enum InputSet {
    PHOTOS,
    LARGE,
    SMALL,
    SMALL_PNG;

    List<Path> of(BenchmarkImages inputs) {
      return switch (this) {
        case PHOTOS -> inputs.photos();
        case LARGE -> inputs.large();
        case SMALL -> inputs.small();
        case SMALL_PNG -> inputs.smallPng();
      };
    }
  }

  private final String rowName;
  private final String policy;
  private final InputSet set;
  private final double leastRatio;

  /**
   * @param leastRatio what the ratio of the rates should be; 0 for a row that only informs
   */
  AugmenterBenchmark(String rowName, String policy, InputSet set, double leastRatio) {
    this.rowName = rowName;
    this.policy = policy;
    this.set = set;
    this.leastRatio = leastRatio;
  }

  /** Name in tables, on the command line and in {@code opencv_baseline.py}. */
  String rowName() {
    return rowName;
  }

  /** Name of the policy, see {@link BenchmarkPolicies}. */
  String policy() {
    return policy;
  }

  InputSet set() {
    return set;
  }

  /** What the ratio is held against; empty for a row that only informs. */
  Optional<RatioTarget> target() {
    return leastRatio > 0 ? Optional.of(RatioTarget.atLeast(leastRatio)) : Optional.empty();
  }
}
