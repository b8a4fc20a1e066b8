package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Content of an erased rectangle.
 *
 * @param level level of all channels, 0 to 255; empty for noise
 */
record EraseFill(OptionalDouble level) {

  static EraseFill parse(SettingsReader settings, String key) {
    return new EraseFill(
        settings.numberOr(
            "random", key, 0, 0, 255, "level of what is erased; random: noise, all levels alike"));
  }

  /** The step that erases a rectangle. Takes one number from the stream if it is noise. */
  RecipeStep erase(RandomStream random, int top, int left, ImageSize hole) {
    Map<String, Double> values = new TreeMap<>();
    values.put("top", (double) top);
    values.put("left", (double) left);
    values.put("height", (double) hole.height());
    values.put("width", (double) hole.width());
    if (level.isPresent()) {
      values.put("value", level.getAsDouble());
    } else {
      values.put("seed", random.nextSeed());
    }
    return RecipeStep.of("erase", values);
  }
}
