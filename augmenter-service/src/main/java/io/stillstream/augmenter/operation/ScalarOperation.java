package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * An operation with one value, drawn anew each time it is applied.
 *
 * @param step name of its step in recipes
 * @param value name of the value there
 * @param distribution draws the value; takes one number from the stream
 */
record ScalarOperation(String step, String value, ToDoubleFunction<RandomStream> distribution)
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
    UniformRange turn =
        NumberLists.range(
            settings, FACTOR, null, -0.5, 0.5, "turn of the hue, 1 is the full circle");
    return new ScalarOperation("hue", FACTOR, turn::draw);
  }

  static AugmentationOperation gamma(SettingsReader settings) {
    UniformRange gamma =
        NumberLists.interval(
            settings,
            "gamma",
            new UniformRange(0.8, 1.2),
            0,
            MAX_FACTOR,
            "exponent of levels as fractions; above 1 is darker");
    return new ScalarOperation("gamma", "gamma", gamma::draw);
  }

  static AugmentationOperation sharpness(SettingsReader settings) {
    UniformRange factor =
        NumberLists.interval(
            settings,
            FACTOR,
            null,
            0,
            MAX_FACTOR,
            "0 is smoothed, 1 the image as it is, above sharper");
    return new ScalarOperation("sharpness", FACTOR, factor::draw);
  }

  static AugmentationOperation solarize(SettingsReader settings) {
    UniformRange threshold =
        NumberLists.interval(
            settings,
            "threshold",
            new UniformRange(128, 128),
            0,
            255,
            "levels from it on are inverted");
    return new ScalarOperation("solarize", "threshold", threshold::draw);
  }

  static AugmentationOperation posterize(SettingsReader settings) {
    int[] bits =
        NumberLists.integerInterval(
            settings, "bits", null, 0, 8, "upper bits of each level that are kept");
    return new ScalarOperation("posterize", "bits", random -> random.between(bits[0], bits[1]));
  }

  static AugmentationOperation jpeg(SettingsReader settings) {
    int[] quality = NumberLists.integerInterval(settings, "quality", null, 1, 100, "of JPEG");
    return new ScalarOperation(
        "jpeg_compression", "quality", random -> random.between(quality[0], quality[1]));
  }

  private static AugmentationOperation factor(
      SettingsReader settings, String step, String meaning) {
    UniformRange factor = NumberLists.factor(settings, FACTOR, null, MAX_FACTOR, meaning);
    return new ScalarOperation(step, FACTOR, factor::draw);
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(RecipeStep.of(step, Map.of(value, distribution.applyAsDouble(random))));
  }
}
