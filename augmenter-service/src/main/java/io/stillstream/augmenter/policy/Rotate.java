package io.stillstream.augmenter.policy;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Rotation about the centre, the size kept: torchvision's RandomRotation without {@code expand}.
 * Positive degrees turn counter-clockwise as the viewer sees it. Corners that come from outside are
 * 0.
 *
 * @param from smallest angle, degrees, −360 to 360
 * @param to largest angle, degrees
 * @param probability 0 to 1
 */
record Rotate(double from, double to, double probability) implements Operation {
  private static final String DEGREES = "degrees";

  static Operation parse(Parameters parameters) {
    double[] degrees = parameters.range(DEGREES, -360, 360);
    return new Rotate(degrees[0], degrees[1], parameters.probability(1));
  }

  static Frame apply(Frame frame, Step step) {
    double radians = Math.toRadians(step.value(DEGREES));
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double cx = frame.size().width() / 2.0;
    double cy = frame.size().height() / 2.0;
    // With y pointing down, this is where a point came from under a counter-clockwise turn.
    Affine inverse =
        new Affine(cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy);
    return frame.then(frame.size(), inverse);
  }

  @Override
  public OperationType type() {
    return OperationType.ROTATE;
  }

  @Override
  public Step draw(RandomStream random, Size size) {
    return Step.of(type().operationName(), Map.of(DEGREES, random.between(from, to)));
  }

  @Override
  public SortedMap<String, Object> settings() {
    return new TreeMap<>(Map.of(DEGREES, List.of(from, to)));
  }
}
