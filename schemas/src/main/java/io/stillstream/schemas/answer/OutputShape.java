package io.stillstream.schemas.answer;

import java.util.Optional;

/**
 * Shape of a model's answer for one view. An answer is transported as a row: {@link #size()}
 * numbers, row-major.
 *
 * @param channels K classes, or D dimensions of an embedding
 * @param height rows of the grid; 1 unless the task is segmentation
 * @param width columns of the grid; 1 unless the task is segmentation
 * @param stride pixels of the view for each cell of the grid, in each direction; 1 unless the task
 *     is segmentation
 */
public record OutputShape(ModelTask task, int channels, int height, int width, int stride) {
  /**
   * @throws IllegalArgumentException if a number is not positive, the row would not fit an array,
   *     or a mask could not hold the classes
   */
  public OutputShape {
    if (channels < 1 || height < 1 || width < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "sizes must be at least 1, were %d x %d x %d with stride %d"
              .formatted(channels, height, width, stride));
    }
    if ((long) height * width > Integer.MAX_VALUE / 8 / channels) {
      throw new IllegalArgumentException(
          "%d x %d x %d numbers are too many".formatted(channels, height, width));
    }
    if (task == ModelTask.SEGMENTATION && channels > SegmentationMask.IGNORE) {
      throw new IllegalArgumentException(
          "segmentation has at most %d classes, was %d"
              .formatted(SegmentationMask.IGNORE, channels));
    }
  }

  /** Logits [K]. */
  public static OutputShape classification(int classes) {
    return new OutputShape(ModelTask.CLASSIFICATION, classes, 1, 1, 1);
  }

  /** Logits [K, h, w]. */
  public static OutputShape segmentation(int classes, int height, int width, int stride) {
    return new OutputShape(ModelTask.SEGMENTATION, classes, height, width, stride);
  }

  /** A vector [D]. */
  public static OutputShape embedding(int dimensions) {
    return new OutputShape(ModelTask.EMBEDDING, dimensions, 1, 1, 1);
  }

  /** Numbers in the answer for one view. */
  public int size() {
    return channels * cells();
  }

  /** Cells of the grid; 1 unless the task is segmentation. */
  public int cells() {
    return height * width;
  }

  /** Shape of the answers for that many views: [N, K], [N, K, h, w] or [N, D]. */
  public long[] batch(int views) {
    return task == ModelTask.SEGMENTATION
        ? new long[] {views, channels, height, width}
        : new long[] {views, channels};
  }

  /** Shape of one number for each cell of that many views: [N, 1] or [N, 1, h, w]. */
  public long[] batchOfCells(int views) {
    return task == ModelTask.SEGMENTATION
        ? new long[] {views, 1, height, width}
        : new long[] {views, 1};
  }

  /** What differs, as "expected …, was …"; empty if nothing does. */
  public Optional<String> mismatch(OutputShape actual) {
    return equals(actual) ? Optional.empty() : Optional.of("expected " + this + ", was " + actual);
  }

  /** Such as "classification with 10 classes". */
  @Override
  public String toString() {
    return switch (task) {
      case CLASSIFICATION -> "classification with %d classes".formatted(channels);
      case SEGMENTATION ->
          "segmentation with %d classes on %d x %d cells of stride %d"
              .formatted(channels, height, width, stride);
      case EMBEDDING -> "embedding with %d dimensions".formatted(channels);
    };
  }
}
