package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;

/**
 * An operation with one whole number, drawn anew each time it is applied.
 *
 * @param step name of its step in recipes
 * @param value name of the number there
 * @param from smallest
 * @param to largest
 */
record IntegerOperation(String step, String value, int from, int to)
    implements AugmentationOperation {

  static AugmentationOperation posterize(SettingsReader settings) {
    int[] bits =
        settings
            .lists()
            .integerInterval("bits", null, 0, 8, "upper bits of each level that are kept");
    return new IntegerOperation("posterize", "bits", bits[0], bits[1]);
  }

  static AugmentationOperation jpeg(SettingsReader settings) {
    int[] quality = settings.lists().integerInterval("quality", null, 1, 100, "of JPEG");
    return new IntegerOperation("jpeg_compression", "quality", quality[0], quality[1]);
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(RecipeStep.of(step, Map.of(value, (double) random.between(from, to))));
  }
}
