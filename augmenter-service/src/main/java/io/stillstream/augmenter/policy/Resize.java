package io.stillstream.augmenter.policy;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Stretches to a fixed size, the shape not kept: torchvision's Resize with two numbers.
 *
 * @param target size after it, pixels
 * @param probability 0 to 1
 */
record Resize(Size target, double probability) implements Operation {
  private static final String HEIGHT = "height";
  private static final String WIDTH = "width";

  static Operation parse(Parameters parameters) {
    Size target =
        new Size(
            parameters.requiredWhole(HEIGHT, 1, Parameters.MAX_SIDE),
            parameters.requiredWhole(WIDTH, 1, Parameters.MAX_SIDE));
    return new Resize(target, parameters.probability(1));
  }

  static Frame apply(Frame frame, Step step) {
    Size target = new Size(step.pixels(HEIGHT), step.pixels(WIDTH));
    return frame.then(
        target,
        Affine.scaling(
            (double) frame.size().width() / target.width(),
            (double) frame.size().height() / target.height()));
  }

  /** The step that stretches to a size. */
  static Step to(Size target) {
    return Step.of(
        OperationType.RESIZE.operationName(),
        Map.of(HEIGHT, (double) target.height(), WIDTH, (double) target.width()));
  }

  @Override
  public OperationType type() {
    return OperationType.RESIZE;
  }

  @Override
  public Step draw(RandomStream random, Size size) {
    return to(target);
  }

  @Override
  public SortedMap<String, Object> settings() {
    return new TreeMap<>(Map.of(HEIGHT, target.height(), WIDTH, target.width()));
  }
}
