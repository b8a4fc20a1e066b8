package io.stillstream.augmenter.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Reads settings that are several numbers: ranges, pairs and lists. Each may also be given as one
 * number, which then stands for all. Where the default is null, the setting is required.
 */
public final class NumberListReader {
  private final SettingValues values;

  NumberListReader(SettingValues values) {
    this.values = values;
  }

  /**
   * One number or a list of them, all within [min, max], in any of several forms.
   *
   * @param form description of the accepted forms, for users
   * @param defaultValue in normal form; null if the key is required
   * @param normalise turns the numbers as given into their normal form, which the canonical form
   *     has; null if their number or order is wrong
   */
  public double[] list(
      String key,
      String form,
      double[] defaultValue,
      double min,
      double max,
      String meaning,
      UnaryOperator<double[]> normalise) {
    JsonNode value = get(key, form, min, max, SettingDoc.spell(defaultValue), meaning);
    if (value.isMissingNode() && defaultValue != null) {
      return record(key, defaultValue);
    }
    double[] fallback = defaultValue == null ? normalise.apply(new double[] {min}) : defaultValue;
    if (value.isMissingNode()) {
      return values.rejectAbsent(key, fallback);
    }
    double[] given = new double[value.isArray() ? value.size() : 1];
    for (int i = 0; i < given.length; i++) {
      given[i] =
          value.isArray()
              ? values.number(element(key, i), value.get(i), min, max)
              : values.number(values.at(key), value, min, max);
    }
    double[] normal = normalise.apply(given);
    return normal == null
        ? values.reject(values.at(key), "must be " + form, value, fallback)
        : record(key, normal);
  }

  /** {@code d} for [−d, d], or [a, b] with a ≤ b; all within [min, max]. */
  public double[] range(String key, double[] defaultValue, double min, double max, String meaning) {
    JsonNode value = get(key, "d or [a, b]", min, max, SettingDoc.spell(defaultValue), meaning);
    if (isSingle(value)) {
      double limit = values.number(values.at(key), value, 0, Math.min(-min, max));
      return record(key, new double[] {limit == 0 ? 0 : -limit, limit});
    }
    return interval(key, value, defaultValue, min, max, "must be a number d or a range [a, b]");
  }

  /** {@code v} for [v, v], or [a, b] with a ≤ b; all within [min, max]. */
  public double[] interval(
      String key, double[] defaultValue, double min, double max, String meaning) {
    JsonNode value = get(key, "v or [a, b]", min, max, SettingDoc.spell(defaultValue), meaning);
    if (isSingle(value)) {
      double both = values.number(values.at(key), value, min, max);
      return record(key, new double[] {both, both});
    }
    return interval(key, value, defaultValue, min, max, "must be a number or a range [a, b]");
  }

  /**
   * A factor about 1, as torchvision's ColorJitter spells it: {@code d} for [max(0, 1 − d), 1 + d],
   * or [a, b] with 0 ≤ a ≤ b.
   */
  public double[] factor(String key, double[] defaultValue, double max, String meaning) {
    JsonNode value =
        get(key, "d for 1 ± d, or [a, b]", 0, max, SettingDoc.spell(defaultValue), meaning);
    if (isSingle(value)) {
      double limit = values.number(values.at(key), value, 0, max - 1);
      return record(key, new double[] {Math.max(0, 1 - limit), 1 + limit});
    }
    return interval(key, value, defaultValue, 0, max, "must be a number d or a range [a, b]");
  }

  /** {@code n} for both, or [x, y]: two integers in [min, max]. */
  public int[] pair(String key, int[] defaultValue, int min, int max, String meaning) {
    JsonNode value = get(key, "n or [x, y]", min, max, SettingDoc.spell(defaultValue), meaning);
    if (value.isMissingNode()) {
      return absent(key, defaultValue, min);
    }
    if (isSingle(value)) {
      int both = values.integer(values.at(key), value, min, max);
      return record(key, new int[] {both, both});
    }
    return value.isArray() && value.size() == 2
        ? record(key, integers(key, value, min, max))
        : values.reject(
            values.at(key), "must be a whole number or a pair [x, y]", value, new int[] {min, min});
  }

  /** {@code n} for [n, n], or [a, b] with a ≤ b: integers in [min, max]. */
  public int[] integerInterval(String key, int[] defaultValue, int min, int max, String meaning) {
    JsonNode value = get(key, "n or [a, b]", min, max, SettingDoc.spell(defaultValue), meaning);
    if (value.isMissingNode()) {
      return absent(key, defaultValue, min);
    }
    if (isSingle(value)) {
      int both = values.integer(values.at(key), value, min, max);
      return record(key, new int[] {both, both});
    }
    if (!value.isArray() || value.size() != 2) {
      return values.reject(
          values.at(key), "must be a whole number or a range [a, b]", value, new int[2]);
    }
    int[] ends = integers(key, value, min, max);
    return ends[0] <= ends[1]
        ? record(key, ends)
        : values.reject(
            values.at(key), "must rise from the first to the second", value, new int[2]);
  }

  private JsonNode get(
      String key, String form, double min, double max, String defaultValue, String meaning) {
    return values.get(SettingDoc.of(key, form, min, max, defaultValue, meaning));
  }

  private double[] interval(
      String key, JsonNode value, double[] defaultValue, double min, double max, String rule) {
    double[] fallback = {min, min};
    if (value.isMissingNode()) {
      return record(key, defaultValue == null ? values.rejectAbsent(key, fallback) : defaultValue);
    }
    if (!value.isArray() || value.size() != 2) {
      return values.reject(values.at(key), rule, value, fallback);
    }
    double from = values.number(element(key, 0), value.get(0), min, max);
    double to = values.number(element(key, 1), value.get(1), min, max);
    return from <= to
        ? record(key, new double[] {from, to})
        : values.reject(values.at(key), "must rise from the first to the second", value, fallback);
  }

  private int[] absent(String key, int[] defaultValue, int min) {
    return record(
        key, defaultValue == null ? values.rejectAbsent(key, new int[] {min, min}) : defaultValue);
  }

  private int[] integers(String key, JsonNode pair, int min, int max) {
    return new int[] {
      values.integer(element(key, 0), pair.get(0), min, max),
      values.integer(element(key, 1), pair.get(1), min, max)
    };
  }

  private String element(String key, int index) {
    return values.at(key) + "[" + index + "]";
  }

  private double[] record(String key, double[] numbers) {
    values.record(key, DoubleStream.of(numbers).boxed().toList());
    return numbers;
  }

  private int[] record(String key, int[] integers) {
    values.record(key, IntStream.of(integers).boxed().toList());
    return integers;
  }

  private static boolean isSingle(JsonNode value) {
    return value.isValueNode() && !value.isMissingNode();
  }
}
