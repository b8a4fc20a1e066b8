package io.stillstream.augmenter.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One mapping of a policy, and what was read from it: the values for the canonical form, the
 * documentation, and the errors. Numbers may be given as text, since that is what an environment
 * variable becomes.
 */
final class SettingValues {
  private final String path;
  private final JsonNode node;
  private final List<String> errors;
  private final Map<String, SettingDoc> docs = new LinkedHashMap<>();
  private final SortedMap<String, Object> recorded = new TreeMap<>();

  SettingValues(String path, JsonNode node, List<String> errors) {
    this.path = path;
    this.node = node;
    this.errors = errors;
    if (!node.isObject() && !isAbsent(node)) {
      errors.add(path + ": must be a mapping of keys to values, was " + node);
    }
  }

  /** The value of a key; missing where it is absent or null. Keeps the documentation. */
  JsonNode get(SettingDoc doc) {
    docs.put(doc.name(), doc);
    JsonNode value = node.path(doc.name());
    return isAbsent(value) ? MissingNode.getInstance() : value;
  }

  /** The value of a key as it was given. */
  JsonNode given(String key) {
    return node.path(key);
  }

  /** Full name of a key, for errors. */
  String at(String key) {
    return path + "." + key;
  }

  /** Keeps a value for the canonical form, and returns it. */
  <T> T record(String key, T value) {
    recorded.put(key, value);
    return value;
  }

  /** The kept values by name: numbers, strings, lists and maps. */
  SortedMap<String, Object> recorded() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(recorded));
  }

  /** The documentation of the settings that were read, in the order of reading. */
  List<SettingDoc> docs() {
    return List.copyOf(docs.values());
  }

  /** All errors of the policy so far; new ones are added to this list. */
  List<String> errors() {
    return errors;
  }

  /** Reports the keys that were not read. */
  void rejectUnknownKeys() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!docs.containsKey(key)) {
                errors.add(
                    at(key) + ": unknown key; known are " + String.join(", ", docs.keySet()));
              }
            });
  }

  /**
   * A value as a number in [min, max].
   *
   * @param name full name of the value, for errors
   * @return the number; min if it was rejected
   */
  double number(String name, JsonNode value, double min, double max) {
    double number;
    try {
      number = Double.parseDouble(value.asText());
    } catch (NumberFormatException e) {
      return reject(name, "must be a number", value, min);
    }
    // Written so that NaN fails too; adding 0 turns −0 into 0, which is the same number and must
    // hash the same.
    return number >= min && number <= max
        ? number + 0.0
        : reject(
            name,
            "must be from " + CanonicalJson.number(min) + " to " + CanonicalJson.number(max),
            value,
            min);
  }

  /** A value as an integer in [min, max]; like {@link #number}. */
  int integer(String name, JsonNode value, int min, int max) {
    double number = number(name, value, min, max);
    return number == Math.rint(number)
        ? (int) number
        : reject(name, "must be a whole number", value, min);
  }

  /** Reports an error and returns the fallback. */
  <T> T reject(String name, String rule, JsonNode value, T fallback) {
    errors.add(name + ": " + rule + ", was " + value);
    return fallback;
  }

  /** Reports that a required key is absent and returns the fallback. */
  <T> T rejectAbsent(String key, T fallback) {
    errors.add(at(key) + ": is required");
    return fallback;
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
