package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;

/**
 * An operation with one value, drawn anew each time it is applied.
 *
 * @param step name of its step in recipes
 * @param value name of the value there
 * @param interval what it is drawn from
 */
record ScalarOperation(String step, String value, UniformRange interval)
    implements AugmentationOperation {
  /** Largest factor of brightness, contrast, saturation and sharpness. */
  static final double MAX_FACTOR = 10;

  static final String FACTOR = "factor";

  static AugmentationOperation brightness(SettingsReader settings) {
    return factor(settings, "brightness", "what levels are multiplied by; 0 is black");
  }

  static AugmentationOperation contrast(SettingsReader settings) {
    return factor(settings, "contrast", "of the distance from the mean grey; 0 is plain grey");
  }

  static AugmentationOperation saturation(SettingsReader settings) {
    return factor(settings, "saturation", "of the distance from the pixel's grey; 0 is grey");
  }

  static AugmentationOperation hue(SettingsReader settings) {
    double[] turn =
        settings.lists().range(FACTOR, null, -0.5, 0.5, "turn of the hue, 1 is the full circle");
    return new ScalarOperation("hue", FACTOR, UniformRange.of(turn));
  }

  static AugmentationOperation gamma(SettingsReader settings) {
    double[] gamma =
        settings
            .lists()
            .interval(
                "gamma",
                new double[] {0.8, 1.2},
                0,
                MAX_FACTOR,
                "exponent of levels as fractions; above 1 is darker");
    return new ScalarOperation("gamma", "gamma", UniformRange.of(gamma));
  }

  static AugmentationOperation sharpness(SettingsReader settings) {
    double[] factor =
        settings
            .lists()
            .interval(
                FACTOR, null, 0, MAX_FACTOR, "0 is smoothed, 1 the image as it is, above sharper");
    return new ScalarOperation("sharpness", FACTOR, UniformRange.of(factor));
  }

  static AugmentationOperation solarize(SettingsReader settings) {
    double[] threshold =
        settings
            .lists()
            .interval(
                "threshold", new double[] {128, 128}, 0, 255, "levels from it on are inverted");
    return new ScalarOperation("solarize", "threshold", UniformRange.of(threshold));
  }

  private static AugmentationOperation factor(
      SettingsReader settings, String step, String meaning) {
    double[] factor = settings.lists().factor(FACTOR, null, MAX_FACTOR, meaning);
    return new ScalarOperation(step, FACTOR, UniformRange.of(factor));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(RecipeStep.of(step, Map.of(value, interval.draw(random))));
  }
}
