package io.stillstream.augmenter.policy;

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
public record Step(String name, SortedMap<String, Double> values) {

  /** Copies the values. */
  public Step {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** A step from values in any order. */
  public static Step of(String name, Map<String, Double> values) {
    return new Step(name, new TreeMap<>(values));
  }

  /**
   * A drawn value.
   *
   * @throws IllegalArgumentException if the step lacks it
   */
  double value(String key) {
    Double value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("step " + name + " lacks the value " + key);
    }
    return value;
  }

  /** A drawn value that counts pixels. */
  int pixels(String key) {
    return Math.toIntExact(Math.round(value(key)));
  }
}
