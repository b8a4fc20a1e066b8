package io.stillstream.augmenter.recipe;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One entry of a recipe: an operation that was applied, with the values that were drawn for it.
 *
 * @param name name of the operation as in the policy
 * @param values drawn values by name, units as documented for the operation; immutable
 */
public record RecipeStep(String name, SortedMap<String, Double> values) {

  public RecipeStep {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** A step without values. */
  public static RecipeStep of(String name) {
    return new RecipeStep(name, new TreeMap<>());
  }

  /** A step from values in any order. */
  public static RecipeStep of(String name, Map<String, Double> values) {
    return new RecipeStep(name, new TreeMap<>(values));
  }

  /** The same step with a level outside of the image; 0 is not recorded. */
  public RecipeStep withFill(int level) {
    if (level == 0) {
      return this;
    }
    SortedMap<String, Double> more = new TreeMap<>(values);
    more.put("fill", (double) level);
    return new RecipeStep(name, more);
  }

  /**
   * A drawn value.
   *
   * @throws IllegalArgumentException if the step lacks it
   */
  public double value(String key) {
    Double value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("step " + name + " lacks the value " + key);
    }
    return value;
  }

  /** A drawn value that is a whole number, such as a count of pixels. */
  public int intValue(String key) {
    return Math.toIntExact(Math.round(value(key)));
  }
}
