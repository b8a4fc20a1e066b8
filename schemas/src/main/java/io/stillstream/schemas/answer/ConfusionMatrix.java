package io.stillstream.schemas.answer;

import java.util.Arrays;

/**
 * Counts of pixels by their true class and the class that was answered. Not thread-safe.
 *
 * <p>The intersection over union (Jaccard index) of a class is the number of pixels that have it in
 * both, by the number that have it in one or both; its mean is over the classes that occur at all
 * (Everingham et al., "The Pascal Visual Object Classes Challenge", 2015).
 */
public final class ConfusionMatrix {
  private final int classes;
  private final long[] counts;

  /**
   * @param classes K; classes from 0 to K − 1 are counted
   */
  public ConfusionMatrix(int classes) {
    this.classes = classes;
    this.counts = new long[Math.multiplyExact(classes, classes)];
  }

  /** K. */
  public int classes() {
    return classes;
  }

  /**
   * Counts one pixel. A truth of K or more, such as {@link SegmentationMask#IGNORE}, is left out.
   */
  public void add(int truth, int answer) {
    if (truth < classes) {
      counts[truth * classes + answer]++;
    }
  }

  /**
   * Counts all pixels of two masks of the same size.
   *
   * @throws IllegalArgumentException if their sizes differ
   */
  public void add(SegmentationMask truth, SegmentationMask answer) {
    if (truth.height() != answer.height() || truth.width() != answer.width()) {
      throw new IllegalArgumentException(truth + " cannot be compared with " + answer);
    }
    for (int i = 0; i < truth.classes().length; i++) {
      add(truth.at(i), answer.at(i));
    }
  }

  /** Adds what another one counted, {@code times} times; −1 takes it away again. */
  public void add(ConfusionMatrix other, int times) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += times * other.counts[i];
    }
  }

  /** Sets one count. */
  public void set(int truth, int answer, long count) {
    counts[truth * classes + answer] = count;
  }

  public long count(int truth, int answer) {
    return counts[truth * classes + answer];
  }

  /** How many pixels were counted. */
  public long pixels() {
    return Arrays.stream(counts).sum();
  }

  /** Share of pixels whose class was answered, 0 to 1; NaN without pixels. */
  public double pixelAccuracy() {
    long right = 0;
    for (int k = 0; k < classes; k++) {
      right += count(k, k);
    }
    return (double) right / pixels();
  }

  /** Mean intersection over union of the classes that occur, 0 to 1; NaN without pixels. */
  public double meanIou() {
    return Arrays.stream(iou()).filter(iou -> !Double.isNaN(iou)).average().orElse(Double.NaN);
  }

  /** Intersection over union of each class, 0 to 1; NaN for classes that do not occur. */
  public double[] iou() {
    double[] iou = new double[classes];
    for (int k = 0; k < classes; k++) {
      long union = -count(k, k);
      for (int other = 0; other < classes; other++) {
        union += count(k, other) + count(other, k);
      }
      iou[k] = (double) count(k, k) / union;
    }
    return iou;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix matrix && Arrays.equals(counts, matrix.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }
}
