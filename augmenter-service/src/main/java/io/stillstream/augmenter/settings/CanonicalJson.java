package io.stillstream.augmenter.settings;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * JSON in one form only: keys sorted, no white space, numbers in plain decimals without trailing
 * zeros (15.0 and 1.5e1 are both 15). Knows strings without characters that JSON escapes, numbers,
 * flags, lists and maps.
 */
public final class CanonicalJson {
  private CanonicalJson() {}

  public static String of(Object value) {
    if (value instanceof Map<?, ?> map) {
      return new TreeMap<>(map)
          .entrySet().stream()
              .map(entry -> "\"" + entry.getKey() + "\":" + of(entry.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(CanonicalJson::of).collect(Collectors.joining(",", "[", "]"));
    }
    if (value instanceof Double number) {
      return number(number);
    }
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : "\"" + value + "\"";
  }

  static String number(double value) {
    BigDecimal decimal = BigDecimal.valueOf(value);
    return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
  }
}
