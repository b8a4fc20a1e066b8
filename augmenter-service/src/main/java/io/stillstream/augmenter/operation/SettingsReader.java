package io.stillstream.augmenter.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stillstream.augmenter.geometry.ImageSize;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The settings of one mapping in a policy, read key by key. What is wrong is added to a list and a
 * harmless value stands in for it, so that one pass finds everything. What was read is remembered
 * twice: as the value, defaults filled in, for the canonical form, and as a {@link SettingDoc} for
 * the documentation. Numbers may be given as text, since that is what an environment variable
 * leaves behind.
 */
public final class SettingsReader {
  /** Longest side that a policy may ask for, pixels. */
  static final int MAX_SIDE = 16_384;

  /** Key of the operations of a policy and of a composition. */
  public static final String OPERATIONS = "operations";

  private static final int MAX_NESTING = 8;

  private final String path;
  private final JsonNode node;
  private final List<String> errors;
  private final int nesting;
  private final Map<String, SettingDoc> known = new LinkedHashMap<>();
  private final SortedMap<String, Object> values = new TreeMap<>();
  private boolean mixes;

  public SettingsReader(String path, JsonNode node, List<String> errors) {
    this(path, node, errors, 0);
  }

  /**
   * @param nesting how many operations this one lies within
   */
  SettingsReader(String path, JsonNode node, List<String> errors, int nesting) {
    this.path = path;
    this.node = node;
    this.errors = errors;
    this.nesting = nesting;
    if (!node.isObject() && !isAbsent(node)) {
      errors.add(path + ": must be a mapping of keys to values, was " + node);
    }
  }

  /** Reports the keys that no setting has read. */
  public void rejectUnknownKeys() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.containsKey(key)) {
                errors.add(
                    at(key) + ": unknown key; known are " + String.join(", ", known.keySet()));
              }
            });
  }

  /** What was read so far, by name: numbers, strings, lists and maps. */
  SortedMap<String, Object> settings() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** Whether an operation that was read so far mixes a second image in. */
  boolean mixes() {
    return mixes;
  }

  /** What could be given so far. */
  List<SettingDoc> docs() {
    return List.copyOf(known.values());
  }

  /** Full name of a key, as errors call it. */
  String at(String key) {
    return path + "." + key;
  }

  /** Reports that something is wrong with the value of a key. */
  public void reject(String key, String rule) {
    errors.add(at(key) + ": " + rule + ", was " + node.path(key));
  }

  /** Another mapping below this one. */
  public SettingsReader mapping(String key, String meaning) {
    JsonNode value = get(new SettingDoc(key, "mapping", "", null, meaning));
    return new SettingsReader(at(key), value, errors);
  }

  /** Probability {@code p}, 0 to 1. */
  double probability(double otherwise) {
    return number("p", otherwise, 0, 1, "probability that it is applied");
  }

  /** A number in [min, max]. */
  double number(String key, double otherwise, double min, double max, String meaning) {
    JsonNode value =
        get(new SettingDoc(key, "number", within(min, max), plain(otherwise), meaning));
    return record(key, value.isMissingNode() ? otherwise : number(at(key), value, min, max));
  }

  /** A whole number in [min, max]. */
  public int whole(String key, int otherwise, int min, int max, String meaning) {
    JsonNode value =
        get(new SettingDoc(key, "whole number", within(min, max), plain(otherwise), meaning));
    return record(key, value.isMissingNode() ? otherwise : whole(at(key), value, min, max));
  }

  /** A whole number in [min, max] that must be there. */
  public int requiredWhole(String key, int min, int max, String meaning) {
    JsonNode value = get(new SettingDoc(key, "whole number", within(min, max), null, meaning));
    return record(
        key, value.isMissingNode() ? required(key, min) : whole(at(key), value, min, max));
  }

  /** {@code height} and {@code width}, both required, 1 to {@link #MAX_SIDE}. */
  ImageSize size(String meaning) {
    return new ImageSize(
        requiredWhole("height", 1, MAX_SIDE, meaning),
        requiredWhole("width", 1, MAX_SIDE, meaning));
  }

  /** A whole number in [min, max] that may be absent, and is then no part of the canonical form. */
  OptionalInt optionalWhole(String key, int min, int max, String meaning) {
    JsonNode value = get(new SettingDoc(key, "whole number", within(min, max), "", meaning));
    return value.isMissingNode()
        ? OptionalInt.empty()
        : OptionalInt.of(record(key, whole(at(key), value, min, max)));
  }

  /**
   * A grey level {@code fill}, 0 to 255, 0 if absent. 0 is no part of the canonical form: policies
   * from before there was a choice keep their hashes.
   */
  int fill(String meaning) {
    JsonNode value =
        get(
            new SettingDoc(
                "fill", "whole number", within(0, 255), "0", meaning + ", all channels"));
    int level = value.isMissingNode() ? 0 : whole(at("fill"), value, 0, 255);
    return level == 0 ? 0 : record("fill", level);
  }

  /**
   * One number or a list of them, all within [min, max], in any of several forms.
   *
   * @param form description of the accepted forms, for users
   * @param otherwise normal form of the default; null if the key must be there
   * @param normalise turns the numbers as given into their normal form, which the canonical form
   *     has; null if their number or order is wrong
   */
  double[] list(
      String key,
      String form,
      double[] otherwise,
      double min,
      double max,
      String meaning,
      UnaryOperator<double[]> normalise) {
    JsonNode value = get(new SettingDoc(key, form, within(min, max), plain(otherwise), meaning));
    if (value.isMissingNode() && otherwise != null) {
      return record(key, otherwise);
    }
    double[] harmless = otherwise == null ? normalise.apply(new double[] {min}) : otherwise;
    if (value.isMissingNode()) {
      return required(key, harmless);
    }
    double[] given = new double[value.isArray() ? value.size() : 1];
    for (int i = 0; i < given.length; i++) {
      given[i] =
          value.isArray()
              ? number(at(key) + "[" + i + "]", value.get(i), min, max)
              : number(at(key), value, min, max);
    }
    double[] normal = normalise.apply(given);
    return normal == null
        ? reject(at(key), "must be " + form, value, harmless)
        : record(key, normal);
  }

  /** Any whole number of 64 bits. */
  public long wholeLong(String key, long otherwise, String meaning) {
    JsonNode value =
        get(new SettingDoc(key, "whole number", "64 bits", Long.toString(otherwise), meaning));
    if (value.isMissingNode()) {
      return record(key, otherwise);
    }
    try {
      return record(key, new BigDecimal(value.asText()).longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      return reject(at(key), "must be a whole number of 64 bits", value, otherwise);
    }
  }

  /** {@code true} or {@code false}. */
  boolean flag(String key, boolean otherwise, String meaning) {
    JsonNode value =
        get(new SettingDoc(key, "flag", "true, false", Boolean.toString(otherwise), meaning));
    String text = value.asText();
    if (!value.isMissingNode() && !text.equals("true") && !text.equals("false")) {
      return reject(at(key), "must be true or false", value, otherwise);
    }
    boolean flag = value.isMissingNode() ? otherwise : text.equals("true");
    values.put(key, flag);
    return flag;
  }

  /** {@code d} for [−d, d], or [a, b] with a ≤ b; all within [min, max]; must be there. */
  double[] range(String key, double min, double max, String meaning) {
    return range(key, null, min, max, meaning);
  }

  /** {@code d} for [−d, d], or [a, b] with a ≤ b; all within [min, max]. */
  double[] range(String key, double[] otherwise, double min, double max, String meaning) {
    JsonNode value =
        get(new SettingDoc(key, "d or [a, b]", within(min, max), plain(otherwise), meaning));
    if (value.isValueNode() && !value.isMissingNode()) {
      double limit = number(at(key), value, 0, Math.min(-min, max));
      return record(key, new double[] {limit == 0 ? 0 : -limit, limit});
    }
    return interval(key, value, otherwise, min, max, "must be a number d or a range [a, b]");
  }

  /** {@code v} for [v, v], or [a, b] with a ≤ b; all within [min, max]. */
  double[] interval(String key, double[] otherwise, double min, double max, String meaning) {
    JsonNode value =
        get(new SettingDoc(key, "v or [a, b]", within(min, max), plain(otherwise), meaning));
    if (value.isValueNode() && !value.isMissingNode()) {
      double both = number(at(key), value, min, max);
      return record(key, new double[] {both, both});
    }
    return interval(key, value, otherwise, min, max, "must be a number or a range [a, b]");
  }

  /**
   * A factor about 1, as torchvision's ColorJitter spells it: {@code d} for [max(0, 1 − d), 1 + d],
   * or [a, b] with 0 ≤ a ≤ b.
   */
  double[] factor(String key, double[] otherwise, double max, String meaning) {
    JsonNode value =
        get(
            new SettingDoc(
                key, "d for 1 ± d, or [a, b]", within(0, max), plain(otherwise), meaning));
    if (value.isValueNode() && !value.isMissingNode()) {
      double limit = number(at(key), value, 0, max - 1);
      return record(key, new double[] {Math.max(0, 1 - limit), 1 + limit});
    }
    return interval(key, value, otherwise, 0, max, "must be a number d or a range [a, b]");
  }

  private double[] interval(
      String key, JsonNode value, double[] otherwise, double min, double max, String rule) {
    if (value.isMissingNode()) {
      return record(key, otherwise == null ? required(key, new double[] {min, min}) : otherwise);
    }
    if (!value.isArray() || value.size() != 2) {
      return reject(at(key), rule, value, new double[] {min, min});
    }
    double from = number(at(key) + "[0]", value.get(0), min, max);
    double to = number(at(key) + "[1]", value.get(1), min, max);
    return from <= to
        ? record(key, new double[] {from, to})
        : reject(at(key), "must rise from the first to the second", value, new double[] {min, min});
  }

  /** {@code n} for both, or [x, y]: two whole numbers in [min, max]; must be there. */
  int[] pair(String key, int min, int max, String meaning) {
    return pair(key, null, min, max, meaning);
  }

  /** {@code n} for both, or [x, y]: two whole numbers in [min, max]. */
  int[] pair(String key, int[] otherwise, int min, int max, String meaning) {
    JsonNode value =
        get(
            new SettingDoc(
                key,
                "n or [x, y]",
                within(min, max),
                otherwise == null ? null : Arrays.toString(otherwise),
                meaning));
    if (value.isMissingNode()) {
      return record(key, otherwise == null ? required(key, new int[] {min, min}) : otherwise);
    }
    if (value.isArray() && value.size() == 2) {
      return record(
          key,
          new int[] {
            whole(at(key) + "[0]", value.get(0), min, max),
            whole(at(key) + "[1]", value.get(1), min, max)
          });
    }
    if (value.isValueNode()) {
      int both = whole(at(key), value, min, max);
      return record(key, new int[] {both, both});
    }
    return reject(at(key), "must be a whole number or a pair [x, y]", value, new int[] {min, min});
  }

  /** {@code n} for [n, n], or [a, b] with a ≤ b: whole numbers in [min, max]. */
  int[] wholeInterval(String key, int[] otherwise, int min, int max, String meaning) {
    JsonNode value =
        get(
            new SettingDoc(
                key,
                "n or [a, b]",
                within(min, max),
                otherwise == null ? null : Arrays.toString(otherwise),
                meaning));
    if (value.isMissingNode()) {
      return record(key, otherwise == null ? required(key, new int[] {min, min}) : otherwise);
    }
    boolean both = value.isValueNode();
    if (!both && (!value.isArray() || value.size() != 2)) {
      return reject(at(key), "must be a whole number or a range [a, b]", value, new int[2]);
    }
    int from = whole(both ? at(key) : at(key) + "[0]", both ? value : value.get(0), min, max);
    int to = both ? from : whole(at(key) + "[1]", value.get(1), min, max);
    return from <= to
        ? record(key, new int[] {from, to})
        : reject(at(key), "must rise from the first to the second", value, new int[2]);
  }

  /** A number in [min, max], or a word, which gives an empty value. */
  OptionalDouble numberOr(
      String word, String key, double otherwise, double min, double max, String meaning) {
    JsonNode value =
        get(new SettingDoc(key, "number or " + word, within(min, max), plain(otherwise), meaning));
    if (value.asText().equals(word)) {
      values.put(key, word);
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        record(key, value.isMissingNode() ? otherwise : number(at(key), value, min, max)));
  }

  /** One of the constants, in lower case. */
  public <E extends Enum<E>> E oneOf(String key, E otherwise, String meaning) {
    List<E> constants = List.of(otherwise.getDeclaringClass().getEnumConstants());
    String names = constants.stream().map(SettingsReader::lower).collect(Collectors.joining(", "));
    JsonNode value = get(new SettingDoc(key, "name", names, lower(otherwise), meaning));
    E constant =
        value.isMissingNode()
            ? otherwise
            : constants.stream()
                .filter(one -> lower(one).equals(value.asText()))
                .findFirst()
                .orElseGet(() -> reject(at(key), "must be one of " + names, value, otherwise));
    values.put(key, lower(constant));
    return constant;
  }

  /** A list of operations that must be there and not be empty. */
  List<PolicyEntry> requiredOperations(String key, String meaning) {
    List<PolicyEntry> entries =
        operations(new SettingDoc(key, "list of operations", "", null, meaning));
    JsonNode list = node.path(key);
    if (isAbsent(list)) {
      return required(key, entries);
    }
    return list.isArray() && list.isEmpty()
        ? reject(at(key), "must name at least one operation", list, entries)
        : entries;
  }

  /** How many elements a list has, right ones and wrong ones; 0 for what is no list. */
  int elementCount(String key) {
    return node.path(key).isArray() ? node.path(key).size() : 0;
  }

  /** A list of operations; empty where it is absent. */
  public List<PolicyEntry> operations(String key, String meaning) {
    return operations(new SettingDoc(key, "list of operations", "", "[]", meaning));
  }

  private List<PolicyEntry> operations(SettingDoc setting) {
    String key = setting.name();
    JsonNode list = get(setting);
    if (!list.isArray() && !list.isMissingNode()) {
      reject(at(key), "must be a list", list, list);
    }
    if (nesting == MAX_NESTING) {
      return reject(at(key), "must not be nested deeper than " + MAX_NESTING, list, List.of());
    }
    List<PolicyEntry> entries = new OperationParser(errors, nesting + 1).readAll(at(key), list);
    mixes = mixes || entries.stream().anyMatch(PolicyEntry::mixes);
    values.put(key, entries.stream().map(PolicyEntry::tree).toList());
    return entries;
  }

  /** The value of a key as it stands; missing where it is absent or null. */
  private JsonNode get(SettingDoc setting) {
    known.put(setting.name(), setting);
    JsonNode value = node.path(setting.name());
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  private <T extends Number> T record(String key, T value) {
    values.put(key, value);
    return value;
  }

  private double[] record(String key, double[] pair) {
    values.put(key, DoubleStream.of(pair).boxed().toList());
    return pair;
  }

  private int[] record(String key, int[] pair) {
    values.put(key, IntStream.of(pair).boxed().toList());
    return pair;
  }

  private double number(String key, JsonNode value, double min, double max) {
    double number;
    try {
      number = Double.parseDouble(value.asText());
    } catch (NumberFormatException e) {
      return reject(key, "must be a number", value, min);
    }
    // Written so that NaN fails too; adding 0 turns −0 into 0, which is the same number and must
    // hash the same.
    return number >= min && number <= max
        ? number + 0.0
        : reject(key, "must be from " + plain(min) + " to " + plain(max), value, min);
  }

  private int whole(String key, JsonNode value, int min, int max) {
    double number = number(key, value, min, max);
    return number == Math.rint(number)
        ? (int) number
        : reject(key, "must be a whole number", value, min);
  }

  private <T> T reject(String key, String rule, JsonNode value, T substitute) {
    errors.add(key + ": " + rule + ", was " + value);
    return substitute;
  }

  private <T> T required(String key, T substitute) {
    errors.add(at(key) + ": is required");
    return substitute;
  }

  private static <E extends Enum<E>> String lower(E constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String within(double min, double max) {
    return plain(min) + " to " + plain(max);
  }

  private static String plain(double number) {
    return CanonicalJson.number(number);
  }

  private static String plain(double[] pair) {
    return pair == null
        ? null
        : DoubleStream.of(pair)
            .mapToObj(SettingsReader::plain)
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
