package io.stillstream.augmenter.settings;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The documentation of one setting: every read of a setting records one, so that the documented
 * table and the reader are the same.
 *
 * @param name key in the policy
 * @param form how it is spelled, such as "number", "d or [a, b]"
 * @param range what values are allowed
 * @param defaultValue as a policy would spell it; null where the setting is required, empty where
 *     it is optional without a default
 * @param meaning what it is, with its unit
 */
public record SettingDoc(
    String name, String form, String range, String defaultValue, String meaning) {

  /** A setting whose numbers all lie in [min, max]. */
  static SettingDoc of(
      String name, String form, double min, double max, String defaultValue, String meaning) {
    String range = CanonicalJson.number(min) + " to " + CanonicalJson.number(max);
    return new SettingDoc(name, form, range, defaultValue, meaning);
  }

  /** A default that is a list of numbers; null if there is none. */
  static String spell(double[] numbers) {
    return numbers == null
        ? null
        : DoubleStream.of(numbers)
            .mapToObj(CanonicalJson::number)
            .collect(Collectors.joining(", ", "[", "]"));
  }

  /** A default that is a list of integers; null if there is none. */
  static String spell(int[] integers) {
    return integers == null ? null : Arrays.toString(integers);
  }
}
