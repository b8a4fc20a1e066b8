package io.stillstream.augmenter.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.random.UniformRange;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Reads settings that are several numbers: ranges, pairs and lists. Each may also be given as one
 * number, which then stands for all. Where the default is null, the setting is required.
 */
public final class NumberLists {
  private NumberLists() {}

  /**
   * One number or a list of them, all within [min, max], in any of several forms.
   *
   * @param form description of the accepted forms, for users
   * @param defaultValue in normal form; null if the key is required
   * @param normalise turns the numbers as given into their normal form, which the canonical form
   *     has; null if their number or order is wrong
   */
  public static double[] list(
      SettingsReader settings,
      String key,
      String form,
      double[] defaultValue,
      double min,
      double max,
      String meaning,
      UnaryOperator<double[]> normalise) {
    SettingValues values = settings.values();
    JsonNode value = settings.get(key, form, min, max, SettingDoc.spell(defaultValue), meaning);
    if (value.isMissingNode() && defaultValue != null) {
      return record(values, key, defaultValue);
    }
    double[] fallback = defaultValue == null ? normalise.apply(new double[] {min}) : defaultValue;
    if (value.isMissingNode()) {
      return values.rejectAbsent(key, fallback);
    }
    double[] given = new double[value.isArray() ? value.size() : 1];
    for (int i = 0; i < given.length; i++) {
      given[i] =
          value.isArray()
              ? values.number(element(values, key, i), value.get(i), min, max)
              : values.number(values.at(key), value, min, max);
    }
    double[] normal = normalise.apply(given);
    return normal == null
        ? values.reject(values.at(key), "must be " + form, value, fallback)
        : record(values, key, normal);
  }

  /** {@code d} for [−d, d], or [a, b] with a ≤ b; all within [min, max]. */
  public static UniformRange range(
      SettingsReader settings,
      String key,
      UniformRange defaultValue,
      double min,
      double max,
      String meaning) {
    JsonNode value = settings.get(key, "d or [a, b]", min, max, spell(defaultValue), meaning);
    SettingValues values = settings.values();
    if (isSingle(value)) {
      double limit = values.number(values.at(key), value, 0, Math.min(-min, max));
      return record(values, key, new UniformRange(limit == 0 ? 0 : -limit, limit));
    }
    String rule = "must be a number d or a range [a, b]";
    return interval(values, key, value, defaultValue, min, max, rule);
  }

  /** {@code v} for [v, v], or [a, b] with a ≤ b; all within [min, max]. */
  public static UniformRange interval(
      SettingsReader settings,
      String key,
      UniformRange defaultValue,
      double min,
      double max,
      String meaning) {
    JsonNode value = settings.get(key, "v or [a, b]", min, max, spell(defaultValue), meaning);
    SettingValues values = settings.values();
    if (isSingle(value)) {
      double both = values.number(values.at(key), value, min, max);
      return record(values, key, new UniformRange(both, both));
    }
    String rule = "must be a number or a range [a, b]";
    return interval(values, key, value, defaultValue, min, max, rule);
  }

  /**
   * A factor about 1, as torchvision's ColorJitter spells it: {@code d} for [max(0, 1 − d), 1 + d],
   * or [a, b] with 0 ≤ a ≤ b.
   */
  public static UniformRange factor(
      SettingsReader settings, String key, UniformRange defaultValue, double max, String meaning) {
    JsonNode value =
        settings.get(key, "d for 1 ± d, or [a, b]", 0, max, spell(defaultValue), meaning);
    SettingValues values = settings.values();
    if (isSingle(value)) {
      double limit = values.number(values.at(key), value, 0, max - 1);
      return record(values, key, new UniformRange(Math.max(0, 1 - limit), 1 + limit));
    }
    String rule = "must be a number d or a range [a, b]";
    return interval(values, key, value, defaultValue, 0, max, rule);
  }

  /** {@code n} for both, or [x, y]: two integers in [min, max]. */
  public static int[] pair(
      SettingsReader settings, String key, int[] defaultValue, int min, int max, String meaning) {
    JsonNode value =
        settings.get(key, "n or [x, y]", min, max, SettingDoc.spell(defaultValue), meaning);
    String rule = "must be a whole number or a pair [x, y]";
    return integers(settings.values(), key, value, defaultValue, min, max, rule);
  }

  /** {@code n} for [n, n], or [a, b] with a ≤ b: integers in [min, max]. */
  public static int[] integerInterval(
      SettingsReader settings, String key, int[] defaultValue, int min, int max, String meaning) {
    JsonNode value =
        settings.get(key, "n or [a, b]", min, max, SettingDoc.spell(defaultValue), meaning);
    String rule = "must be a whole number or a range [a, b]";
    int[] ends = integers(settings.values(), key, value, defaultValue, min, max, rule);
    if (ends[0] > ends[1]) {
      settings.reject(key, "must rise from the first to the second");
      return new int[2];
    }
    return ends;
  }

  private static UniformRange interval(
      SettingValues values,
      String key,
      JsonNode value,
      UniformRange defaultValue,
      double min,
      double max,
      String rule) {
    UniformRange fallback = new UniformRange(min, min);
    if (value.isMissingNode()) {
      return record(
          values, key, defaultValue == null ? values.rejectAbsent(key, fallback) : defaultValue);
    }
    if (!value.isArray() || value.size() != 2) {
      return values.reject(values.at(key), rule, value, fallback);
    }
    double from = values.number(element(values, key, 0), value.get(0), min, max);
    double to = values.number(element(values, key, 1), value.get(1), min, max);
    return from <= to
        ? record(values, key, new UniformRange(from, to))
        : values.reject(values.at(key), "must rise from the first to the second", value, fallback);
  }

  private static int[] integers(
      SettingValues values,
      String key,
      JsonNode value,
      int[] defaultValue,
      int min,
      int max,
      String rule) {
    int[] integers;
    if (value.isMissingNode()) {
      integers =
          defaultValue == null ? values.rejectAbsent(key, new int[] {min, min}) : defaultValue;
    } else if (isSingle(value)) {
      int both = values.integer(values.at(key), value, min, max);
      integers = new int[] {both, both};
    } else if (value.isArray() && value.size() == 2) {
      integers =
          new int[] {
            values.integer(element(values, key, 0), value.get(0), min, max),
            values.integer(element(values, key, 1), value.get(1), min, max)
          };
    } else {
      return values.reject(values.at(key), rule, value, new int[2]);
    }
    values.record(key, IntStream.of(integers).boxed().toList());
    return integers;
  }

  private static String element(SettingValues values, String key, int index) {
    return values.at(key) + "[" + index + "]";
  }

  private static double[] record(SettingValues values, String key, double... numbers) {
    values.record(key, DoubleStream.of(numbers).boxed().toList());
    return numbers;
  }

  private static UniformRange record(SettingValues values, String key, UniformRange range) {
    double[] unused = record(values, key, range.from(), range.to());
    return range;
  }

  private static String spell(UniformRange range) {
    return range == null ? null : SettingDoc.spell(new double[] {range.from(), range.to()});
  }

  private static boolean isSingle(JsonNode value) {
    return value.isValueNode() && !value.isMissingNode();
  }
}
