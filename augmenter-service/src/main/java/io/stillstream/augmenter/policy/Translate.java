package io.stillstream.augmenter.policy;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Shifts by whole pixels; what comes in from outside is 0. Every shift from −x to x is equally
 * likely (torchvision rounds a continuous draw, which halves the chance of the two extremes).
 * Positive x is to the right, positive y is down.
 *
 * @param x largest shift along x, pixels, at least 0
 * @param y largest shift along y, pixels, at least 0
 * @param probability 0 to 1
 */
record Translate(int x, int y, double probability) implements Operation {
  private static final String PIXELS = "pixels";

  static Operation parse(Parameters parameters) {
    int[] pixels = parameters.pair(PIXELS, 0, Parameters.MAX_SIDE);
    return new Translate(pixels[0], pixels[1], parameters.probability(1));
  }

  static Frame apply(Frame frame, Step step) {
    return frame.then(frame.size(), Affine.shift(-step.value("x"), -step.value("y")));
  }

  @Override
  public OperationType type() {
    return OperationType.TRANSLATE;
  }

  @Override
  public Step draw(RandomStream random, Size size) {
    double dx = random.between(-x, x);
    double dy = random.between(-y, y);
    return Step.of(type().operationName(), Map.of("x", dx, "y", dy));
  }

  @Override
  public SortedMap<String, Object> settings() {
    return new TreeMap<>(Map.of(PIXELS, List.of(x, y)));
  }
}
