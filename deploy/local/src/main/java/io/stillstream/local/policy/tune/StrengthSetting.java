package io.stillstream.local.policy.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A setting of an operation that says how strongly it works: one number or several, each the
 * stronger the farther it is from the neutral value.
 *
 * @param key name in policies
 * @param neutral the value that leaves an image as it is
 * @param step numbers are rounded to multiples of it, counted from the neutral value
 * @param min least number that policies may hold
 * @param max largest number that policies may hold
 * @param symmetric whether a single number d stands for neutral − d to neutral + d
 * @param orPixels whether it is a share of a side below 1, and whole pixels from there on
 */
record StrengthSetting(
    String key,
    double neutral,
    double step,
    double min,
    double max,
    boolean symmetric,
    boolean orPixels) {

  /** A range about its neutral value, as {@code degrees: 15} is. */
  static StrengthSetting symmetric(String key, double neutral, double step) {
    return new StrengthSetting(
        key, neutral, step, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, true, false);
  }

  /** Numbers that stand for themselves. */
  static StrengthSetting plain(String key, double neutral, double step) {
    return new StrengthSetting(
        key, neutral, step, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false, false);
  }

  /** The same, with numbers of policies in [lowest, highest], which may exclude the neutral one. */
  StrengthSetting within(double lowest, double highest) {
    return new StrengthSetting(key, neutral, step, lowest, highest, symmetric, orPixels);
  }

  /** The same, with numbers of 1 and more that are whole pixels. */
  StrengthSetting withPixels() {
    return new StrengthSetting(key, neutral, step, min, max, symmetric, true);
  }

  /**
   * The value for a part of the strength.
   *
   * @param canonical the setting in canonical form: a number or a list
   * @param given the setting as the user spelled it; missing if the default holds
   * @param factor part of the distance from the neutral value, 0 to 1
   * @return spelled as it was given, where that is possible
   */
  JsonNode scaled(JsonNode canonical, JsonNode given, double factor) {
    List<BigDecimal> numbers =
        canonical.isArray()
            ? StreamSupport.stream(canonical.spliterator(), false)
                .map(number -> scaled(number.asDouble(), factor))
                .toList()
            : List.of(scaled(canonical.asDouble(), factor));
    return spelled(numbers, !canonical.isArray() || given.isValueNode());
  }

  /** Never farther from the neutral value than before. */
  private BigDecimal scaled(double value, double factor) {
    double distance = value - neutral;
    boolean pixels = orPixels && value >= 1;
    double unit = pixels ? 1 : step;
    BigDecimal steps = BigDecimal.valueOf((long) Math.rint(distance * factor / unit));
    BigDecimal rounded = BigDecimal.valueOf(neutral).add(steps.multiply(BigDecimal.valueOf(unit)));
    double nearer =
        Math.abs(rounded.doubleValue() - neutral) > Math.abs(distance)
            ? value
            : rounded.doubleValue();
    double least = pixels ? 1 : min;
    return BigDecimal.valueOf(Math.max(least, Math.min(max, nearer)));
  }

  private JsonNode spelled(List<BigDecimal> numbers, boolean single) {
    if (single) {
      BigDecimal last = numbers.get(numbers.size() > 1 ? 1 : 0);
      BigDecimal centre = BigDecimal.valueOf(neutral);
      boolean alike = numbers.stream().allMatch(number -> number.compareTo(last) == 0);
      if (!symmetric && alike) {
        return number(last);
      }
      boolean isCentred =
          numbers.size() > 1
              && numbers.get(0).add(last).compareTo(centre.add(centre)) == 0
              && numbers.stream().skip(2).allMatch(number -> number.signum() == 0);
      if (symmetric && isCentred) {
        return number(last.subtract(centre));
      }
    }
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    numbers.forEach(value -> list.add(number(value)));
    return list;
  }

  private static JsonNode number(BigDecimal value) {
    return DecimalNode.valueOf(PolicyYaml.plain(value));
  }
}
