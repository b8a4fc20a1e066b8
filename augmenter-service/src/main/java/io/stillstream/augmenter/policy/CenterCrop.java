package io.stillstream.augmenter.policy;

import java.util.Map;

/**
 * Cuts a window from the middle; where the difference is odd, the upper left of the two middles.
 */
final class CenterCrop {
  private CenterCrop() {}

  static Frame apply(Frame frame, Step step) {
    Size window = new Size(step.pixels("height"), step.pixels("width"));
    int left = Math.floorDiv(frame.size().width() - window.width(), 2);
    int top = Math.floorDiv(frame.size().height() - window.height(), 2);
    return frame.then(window, Affine.shift(left, top));
  }

  /** The step that cuts a window of a size. */
  static Step to(Size window) {
    return Step.of(
        OperationType.CENTER_CROP.operationName(),
        Map.of("height", (double) window.height(), "width", (double) window.width()));
  }
}
