package io.stillstream.augmenter.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Reads the settings of one mapping in a policy, key by key. An error is added to a list and a
 * fallback value is returned, so that one pass finds all errors. Each read is recorded twice: the
 * value, defaults filled in, for the canonical form; and a {@link SettingDoc} for the
 * documentation.
 */
public final class SettingsReader {
  private final SettingValues values;
  private final int depth;

  public SettingsReader(String path, JsonNode node, List<String> errors) {
    this(path, node, errors, 0);
  }

  /**
   * @param path full name of the mapping, for errors
   * @param node the mapping; missing or null if it is absent
   * @param errors all errors are added to it
   * @param depth number of lists that the mapping is nested in
   */
  public SettingsReader(String path, JsonNode node, List<String> errors, int depth) {
    values = new SettingValues(path, node, errors);
    this.depth = depth;
  }

  SettingValues values() {
    return values;
  }

  /** Number of lists that the mapping is nested in. */
  public int depth() {
    return depth;
  }

  /** All errors of the policy so far; new ones are added to this list. */
  public List<String> errors() {
    return values.errors();
  }

  /** What was read so far, by name: numbers, strings, lists and maps. */
  public SortedMap<String, Object> recorded() {
    return values.recorded();
  }

  /** The documentation of the settings read so far. */
  public List<SettingDoc> docs() {
    return values.docs();
  }

  /** Full name of a key, for errors. */
  public String at(String key) {
    return values.at(key);
  }

  /** Reports the keys that were not read. */
  public void rejectUnknownKeys() {
    values.rejectUnknownKeys();
  }

  /** Reports an error in the value of a key. */
  public void reject(String key, String rule) {
    values.reject(values.at(key), rule, values.given(key), null);
  }

  /** A mapping below this one. */
  public SettingsReader mapping(String key, String meaning) {
    JsonNode value = values.get(new SettingDoc(key, "mapping", "", null, meaning));
    return new SettingsReader(at(key), value, errors());
  }

  /**
   * A list whose elements the caller reads, and then records; missing if it is absent. Anything but
   * a list is an error, and so is an absent or empty list that is required.
   *
   * @param element what one element is, for users
   */
  public JsonNode elements(String key, String element, boolean required, String meaning) {
    JsonNode list =
        values.get(
            new SettingDoc(key, "list of " + element + "s", "", required ? null : "[]", meaning));
    if (required && list.isMissingNode()) {
      values.rejectAbsent(key, null);
    } else if (!list.isArray() && !list.isMissingNode()) {
      reject(key, "must be a list");
    } else if (required && list.isEmpty()) {
      reject(key, "must name at least one " + element);
    }
    return list;
  }

  /** Number of elements in a list, valid or not; 0 if the value is no list. */
  public int elementCount(String key) {
    return values.given(key).isArray() ? values.given(key).size() : 0;
  }

  /** Records what the caller read from a list. */
  public void record(String key, List<?> elements) {
    values.record(key, elements);
  }

  /** A number in [min, max]. */
  public double number(String key, double defaultValue, double min, double max, String meaning) {
    JsonNode value = get(key, "number", min, max, CanonicalJson.number(defaultValue), meaning);
    return values.record(
        key, value.isMissingNode() ? defaultValue : values.number(at(key), value, min, max));
  }

  /** A number in [min, max], or a word, which gives an empty value. */
  public OptionalDouble numberOr(
      String word, String key, double defaultValue, double min, double max, String meaning) {
    JsonNode value =
        get(key, "number or " + word, min, max, CanonicalJson.number(defaultValue), meaning);
    if (value.asText().equals(word)) {
      values.record(key, word);
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        values.record(
            key, value.isMissingNode() ? defaultValue : values.number(at(key), value, min, max)));
  }

  /** An integer in [min, max]. */
  public int integer(String key, int defaultValue, int min, int max, String meaning) {
    JsonNode value = integer(key, min, max, Integer.toString(defaultValue), meaning);
    return values.record(
        key, value.isMissingNode() ? defaultValue : values.integer(at(key), value, min, max));
  }

  /**
   * An integer in [min, max] that is no part of the canonical form if it is the default. Policies
   * from before the setting existed so keep their hashes.
   */
  public int unrecordedDefault(String key, int defaultValue, int min, int max, String meaning) {
    JsonNode value = integer(key, min, max, Integer.toString(defaultValue), meaning);
    int number = value.isMissingNode() ? defaultValue : values.integer(at(key), value, min, max);
    return number == defaultValue ? defaultValue : values.record(key, number);
  }

  /** A required integer in [min, max]. */
  public int requiredInteger(String key, int min, int max, String meaning) {
    JsonNode value = integer(key, min, max, null, meaning);
    return values.record(
        key,
        value.isMissingNode()
            ? values.rejectAbsent(key, min)
            : values.integer(at(key), value, min, max));
  }

  /** An optional integer in [min, max]; if it is absent, it is no part of the canonical form. */
  public OptionalInt optionalInteger(String key, int min, int max, String meaning) {
    JsonNode value = integer(key, min, max, "", meaning);
    return value.isMissingNode()
        ? OptionalInt.empty()
        : OptionalInt.of(values.record(key, values.integer(at(key), value, min, max)));
  }

  /** Any integer of 64 bits. */
  public long longInteger(String key, long defaultValue, String meaning) {
    JsonNode value =
        values.get(
            new SettingDoc(key, "whole number", "64 bits", Long.toString(defaultValue), meaning));
    if (value.isMissingNode()) {
      return values.record(key, defaultValue);
    }
    try {
      return values.record(key, new BigDecimal(value.asText()).longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      return values.reject(at(key), "must be a whole number of 64 bits", value, defaultValue);
    }
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String key, boolean defaultValue, String meaning) {
    JsonNode value =
        values.get(
            new SettingDoc(key, "flag", "true, false", Boolean.toString(defaultValue), meaning));
    String text = value.asText();
    if (!value.isMissingNode() && !text.equals("true") && !text.equals("false")) {
      return values.reject(at(key), "must be true or false", value, defaultValue);
    }
    return values.record(key, value.isMissingNode() ? defaultValue : text.equals("true"));
  }

  /** One of the constants, in lower case. */
  public <E extends Enum<E>> E oneOf(String key, E defaultValue, String meaning) {
    List<E> constants = List.of(defaultValue.getDeclaringClass().getEnumConstants());
    String names = constants.stream().map(SettingsReader::lower).collect(Collectors.joining(", "));
    JsonNode value = values.get(new SettingDoc(key, "name", names, lower(defaultValue), meaning));
    E constant =
        value.isMissingNode()
            ? defaultValue
            : constants.stream()
                .filter(one -> lower(one).equals(value.asText()))
                .findFirst()
                .orElseGet(
                    () -> values.reject(at(key), "must be one of " + names, value, defaultValue));
    values.record(key, lower(constant));
    return constant;
  }

  private JsonNode integer(String key, int min, int max, String defaultValue, String meaning) {
    return get(key, "whole number", min, max, defaultValue, meaning);
  }

  /** The value of a setting whose numbers all lie in [min, max]; missing if it is absent. */
  JsonNode get(
      String key, String form, double min, double max, String defaultValue, String meaning) {
    return values.get(SettingDoc.of(key, form, min, max, defaultValue, meaning));
  }

  private static <E extends Enum<E>> String lower(E constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
