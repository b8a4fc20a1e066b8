package io.stillstream.augmenter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings of one mapping in a policy, read key by key. What is wrong is added to a list and a
 * harmless value stands in for it, so that one pass finds everything. Numbers may be given as text,
 * since that is what an environment variable leaves behind.
 */
final class Parameters {
  /** Longest side that a policy may ask for, pixels. */
  static final int MAX_SIDE = 16_384;

  private final String path;
  private final JsonNode node;
  private final List<String> errors;
  private final Set<String> known = new LinkedHashSet<>();

  Parameters(String path, JsonNode node, List<String> errors) {
    this.path = path;
    this.node = node;
    this.errors = errors;
    if (!node.isObject() && !isAbsent(node)) {
      errors.add(path + ": must be a mapping of keys to values, was " + node);
    }
  }

  /** Reports the keys that nobody has asked for. */
  void refuseOthers() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                errors.add(at(key) + ": unknown key; known are " + String.join(", ", known));
              }
            });
  }

  /** The value of a key as it stands; missing where it is absent or null. */
  JsonNode get(String key) {
    known.add(key);
    JsonNode value = node.path(key);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  /** Full name of a key, as errors call it. */
  String at(String key) {
    return path + "." + key;
  }

  /** Probability {@code p}, 0 to 1. */
  double probability(double otherwise) {
    JsonNode value = get("p");
    return value.isMissingNode() ? otherwise : number(at("p"), value, 0, 1);
  }

  /** A whole number in [min, max]. */
  int whole(String key, int otherwise, int min, int max) {
    JsonNode value = get(key);
    return value.isMissingNode() ? otherwise : whole(at(key), value, min, max);
  }

  /** A whole number in [min, max] that must be there. */
  int requiredWhole(String key, int min, int max) {
    JsonNode value = get(key);
    return value.isMissingNode() ? required(key, min) : whole(at(key), value, min, max);
  }

  /** Any whole number of 64 bits. */
  long wholeLong(String key, long otherwise) {
    JsonNode value = get(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    try {
      return new BigDecimal(value.asText()).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return wrong(at(key), "must be a whole number of 64 bits", value, otherwise);
    }
  }

  /** {@code d} for [−d, d], or [a, b] with a ≤ b; all within [min, max]. */
  double[] range(String key, double min, double max) {
    JsonNode value = get(key);
    if (value.isMissingNode()) {
      return required(key, new double[] {0, 0});
    }
    if (value.isArray() && value.size() == 2) {
      double from = number(at(key) + "[0]", value.get(0), min, max);
      double to = number(at(key) + "[1]", value.get(1), min, max);
      return from <= to
          ? new double[] {from, to}
          : wrong(at(key), "must rise from the first to the second", value, new double[] {0, 0});
    }
    if (value.isValueNode()) {
      double limit = number(at(key), value, 0, Math.min(-min, max));
      return new double[] {limit == 0 ? 0 : -limit, limit};
    }
    return wrong(at(key), "must be a number d or a range [a, b]", value, new double[] {0, 0});
  }

  /** {@code n} for both, or [x, y]: two whole numbers in [min, max]. */
  int[] pair(String key, int min, int max) {
    JsonNode value = get(key);
    if (value.isMissingNode()) {
      return required(key, new int[] {0, 0});
    }
    if (value.isArray() && value.size() == 2) {
      return new int[] {
        whole(at(key) + "[0]", value.get(0), min, max),
        whole(at(key) + "[1]", value.get(1), min, max)
      };
    }
    if (value.isValueNode()) {
      int both = whole(at(key), value, min, max);
      return new int[] {both, both};
    }
    return wrong(at(key), "must be a whole number or a pair [x, y]", value, new int[] {0, 0});
  }

  /** One of the constants, in lower case. */
  <E extends Enum<E>> E oneOf(String key, E otherwise) {
    JsonNode value = get(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    return Stream.of(otherwise.getDeclaringClass().getEnumConstants())
        .filter(constant -> lower(constant).equals(value.asText()))
        .findFirst()
        .orElseGet(
            () -> {
              String names =
                  Stream.of(otherwise.getDeclaringClass().getEnumConstants())
                      .map(Parameters::lower)
                      .collect(Collectors.joining(", "));
              return wrong(at(key), "must be one of " + names, value, otherwise);
            });
  }

  /** The elements of a list; none where it is absent. */
  List<JsonNode> list(String key) {
    JsonNode value = get(key);
    List<JsonNode> elements = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(elements::add);
    } else if (!value.isMissingNode()) {
      wrong(at(key), "must be a list", value, elements);
    }
    return elements;
  }

  private double number(String key, JsonNode value, double min, double max) {
    double number;
    try {
      number = Double.parseDouble(value.asText());
    } catch (NumberFormatException e) {
      return wrong(key, "must be a number", value, min);
    }
    // Written so that NaN fails too; adding 0 turns −0 into 0, which is the same number and must
    // hash the same.
    return number >= min && number <= max
        ? number + 0.0
        : wrong(key, "must be from " + plain(min) + " to " + plain(max), value, min);
  }

  private int whole(String key, JsonNode value, int min, int max) {
    double number = number(key, value, min, max);
    return number == Math.rint(number)
        ? (int) number
        : wrong(key, "must be a whole number", value, min);
  }

  private <T> T required(String key, T standIn) {
    errors.add(at(key) + ": is required");
    return standIn;
  }

  private <T> T wrong(String key, String rule, JsonNode was, T standIn) {
    errors.add(key + ": " + rule + ", was " + was);
    return standIn;
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String plain(double number) {
    return CanonicalJson.number(number);
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
