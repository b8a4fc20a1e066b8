package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Absolute differences of two pictures, grey levels. */
final class PixelDifferences {
  private final int[] sorted;

  private PixelDifferences(int[] sorted) {
    this.sorted = sorted;
  }

  /** Of unsigned pixels; fails if there is not the same number of them. */
  static PixelDifferences of(byte[] actual, byte[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    int[] differences = new int[actual.length];
    for (int i = 0; i < actual.length; i++) {
      differences[i] = Math.abs((actual[i] & 0xFF) - (expected[i] & 0xFF));
    }
    Arrays.sort(differences);
    return new PixelDifferences(differences);
  }

  double mean() {
    return Arrays.stream(sorted).average().orElseThrow();
  }

  /** The difference that a share of the pixels does not exceed. */
  int percentile(double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  @Override
  public String toString() {
    return "mean %.3f, p99 %d, max %d"
        .formatted(mean(), percentile(0.99), sorted[sorted.length - 1]);
  }
}
