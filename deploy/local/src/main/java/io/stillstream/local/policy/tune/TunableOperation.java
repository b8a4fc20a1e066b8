package io.stillstream.local.policy.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.augmenter.operation.OperationParser;
import io.stillstream.local.policy.tune.OperationStrengths.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * An operation of a policy, and how it is written when it is weaker.
 *
 * @param path where it stands in the policy
 * @param name of the operation
 * @param given its settings as they were written; missing if only its name was
 * @param full its settings in canonical form
 * @param nesting number of lists that it is nested in
 * @param isChoice whether it is one of several, of which one is chosen by the weights {@code p}
 */
record TunableOperation(
    String path, String name, JsonNode given, JsonNode full, int nesting, boolean isChoice) {
  private static final String PROBABILITY = "p";
  private static final int PROBABILITY_DIGITS = 2;

  /** What of it is scaled. */
  OperationStrengths strengths() {
    return OperationStrengths.of(name);
  }

  /** Whether it has an effect that can be made weaker. */
  boolean isTunable() {
    return strengths().kind() != Kind.NONE && isApplied() && !changes(0).isEmpty() && !isTooDeep();
  }

  /** Whether it happens at all. */
  boolean isApplied() {
    return full.path(PROBABILITY).asDouble(1) > 0;
  }

  /** Whether a choice would have to be rarer, and there may be no list around it. */
  private boolean isTooDeep() {
    return isChoice && isRarer(0) && nesting >= OperationParser.MAX_NESTING;
  }

  /**
   * The operation with a part of its strength.
   *
   * @param element the operation as it was written
   * @param factor 0 to 1
   */
  JsonNode scaled(JsonNode element, double factor) {
    if (factor == 1) {
      return element;
    }
    ObjectNode settings =
        given.isObject() ? given.deepCopy() : JsonNodeFactory.instance.objectNode();
    for (StrengthSetting setting : strengths().settings()) {
      if (isChanged(setting, factor)) {
        settings.set(setting.key(), value(setting, factor));
      }
    }
    if (!isRarer(factor)) {
      return node(name, settings);
    }
    settings.set(PROBABILITY, probability(factor));
    if (!isChoice) {
      return node(name, settings);
    }
    // The weight must stay: what is left out must not make the other choices likelier.
    ObjectNode wrapper = JsonNodeFactory.instance.objectNode();
    wrapper.set(PROBABILITY, full.get(PROBABILITY));
    wrapper.set(
        OperationParser.OPERATIONS, JsonNodeFactory.instance.arrayNode().add(node(name, settings)));
    return node("sequential", wrapper);
  }

  /** What is different with a part of the strength, as in {@code degrees 15 -> 5}. */
  List<String> changes(double factor) {
    List<String> changes = new ArrayList<>();
    for (StrengthSetting setting : strengths().settings()) {
      if (isChanged(setting, factor)) {
        changes.add(change(setting.key(), value(setting, 1), value(setting, factor)));
      }
    }
    if (factor < 1 && isRarer(factor)) {
      changes.add(change(PROBABILITY, probability(1), probability(factor)));
    }
    return changes;
  }

  private boolean isChanged(StrengthSetting setting, double factor) {
    return !value(setting, factor).equals(value(setting, 1));
  }

  private JsonNode value(StrengthSetting setting, double factor) {
    return setting.scaled(full.get(setting.key()), given.path(setting.key()), factor);
  }

  private boolean isRarer(double factor) {
    return strengths().kind() == Kind.PROBABILITY
        || (strengths().kind() == Kind.SETTINGS_AND_PROBABILITY && factor == 0);
  }

  /** Of a choice, given that it is chosen. */
  private JsonNode probability(double factor) {
    double whole = isChoice ? 1 : full.get(PROBABILITY).asDouble();
    BigDecimal rounded =
        factor == 1
            ? BigDecimal.valueOf(whole)
            : BigDecimal.valueOf(whole * factor).setScale(PROBABILITY_DIGITS, RoundingMode.DOWN);
    return DecimalNode.valueOf(PolicyYaml.plain(rounded));
  }

  private static String change(String key, JsonNode before, JsonNode after) {
    return key + " " + PolicyYaml.flow(before) + " -> " + PolicyYaml.flow(after);
  }

  private static JsonNode node(String name, ObjectNode settings) {
    return JsonNodeFactory.instance.objectNode().set(name, settings);
  }
}
