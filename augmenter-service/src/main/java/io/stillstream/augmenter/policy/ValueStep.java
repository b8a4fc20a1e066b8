package io.stillstream.augmenter.policy;

import java.util.Map;

/**
 * An operation with one value, drawn anew each time it is applied.
 *
 * @param step name of its step in recipes
 * @param value name of the value there
 * @param interval what it is drawn from
 */
record ValueStep(String step, String value, Interval interval) implements Operation {
  /** Largest factor of brightness, contrast, saturation and sharpness. */
  static final double MAX_FACTOR = 10;

  static final String FACTOR = "factor";

  static Operation brightness(Parameters parameters) {
    return factor(parameters, "brightness", "what levels are multiplied by; 0 is black");
  }

  static Operation contrast(Parameters parameters) {
    return factor(parameters, "contrast", "of the distance from the mean grey; 0 is plain grey");
  }

  static Operation saturation(Parameters parameters) {
    return factor(parameters, "saturation", "of the distance from the pixel's grey; 0 is grey");
  }

  static Operation hue(Parameters parameters) {
    double[] turn = parameters.range(FACTOR, -0.5, 0.5, "turn of the hue, 1 is the full circle");
    return new ValueStep("hue", FACTOR, Interval.of(turn));
  }

  static Operation gamma(Parameters parameters) {
    double[] gamma =
        parameters.interval(
            "gamma",
            new double[] {0.8, 1.2},
            0,
            MAX_FACTOR,
            "exponent of levels as fractions; above 1 is darker");
    return new ValueStep("gamma", "gamma", Interval.of(gamma));
  }

  static Operation sharpness(Parameters parameters) {
    double[] factor =
        parameters.interval(
            FACTOR, null, 0, MAX_FACTOR, "0 is smoothed, 1 the image as it is, above sharper");
    return new ValueStep("sharpness", FACTOR, Interval.of(factor));
  }

  static Operation solarize(Parameters parameters) {
    double[] threshold =
        parameters.interval(
            "threshold", new double[] {128, 128}, 0, 255, "levels from it on are inverted");
    return new ValueStep("solarize", "threshold", Interval.of(threshold));
  }

  private static Operation factor(Parameters parameters, String step, String meaning) {
    double[] factor = parameters.factor(FACTOR, null, MAX_FACTOR, meaning);
    return new ValueStep(step, FACTOR, Interval.of(factor));
  }

  @Override
  public void draw(RandomStream random, Draft draft) {
    draft.add(Step.of(step, Map.of(value, interval.draw(random))));
  }
}
