package io.stillstream.augmenter.policy;

import java.util.List;

/**
 * All that was done to one decoded image to get a view, with the values drawn: enough to do it
 * again.
 *
 * @param steps operations in order; those whose probability spared them are absent
 */
public record Recipe(List<Step> steps) {

  /** Copies the steps. */
  public Recipe {
    steps = List.copyOf(steps);
  }

  /**
   * The frame that the recipe ends with.
   *
   * @param image size of the decoded image, its EXIF orientation applied
   * @throws IllegalArgumentException if a step names an unknown operation or lacks a value
   */
  public Frame frame(Size image) {
    Frame frame = Frame.of(image);
    for (Step step : steps) {
      OperationType type =
          OperationType.named(step.name())
              .orElseThrow(() -> new IllegalArgumentException("unknown operation " + step.name()));
      frame = type.apply(frame, step);
    }
    return frame;
  }
}
