package io.stillstream.trainer.label;

/**
 * How much the table of truths holds at most.
 *
 * @param images that came last, or that a label came for last; at least 1, and more than twice the
 *     views that wait in memory
 * @param maskBytes of their masks; the oldest masks go first
 */
public record LabelLimits(int images, long maskBytes) {
  public LabelLimits {
    if (images < 1 || maskBytes < 0) {
      throw new IllegalArgumentException(
          "limits of labels must be positive, were " + images + " and " + maskBytes);
    }
  }
}
