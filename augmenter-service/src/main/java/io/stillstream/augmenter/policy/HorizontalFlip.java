package io.stillstream.augmenter.policy;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Mirrors left and right; exact, no interpolation error.
 *
 * @param probability 0 to 1
 */
record HorizontalFlip(double probability) implements Operation {

  static Operation parse(Parameters parameters) {
    return new HorizontalFlip(parameters.probability(0.5));
  }

  static Frame apply(Frame frame, Step step) {
    return frame.then(frame.size(), new Affine(-1, 0, frame.size().width(), 0, 1, 0));
  }

  @Override
  public OperationType type() {
    return OperationType.HORIZONTAL_FLIP;
  }

  @Override
  public Step draw(RandomStream random, Size size) {
    return Step.of(type().operationName(), Map.of());
  }

  @Override
  public SortedMap<String, Object> settings() {
    return new TreeMap<>();
  }
}
