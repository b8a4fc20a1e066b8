package io.stillstream.local.policy.tune;

import static io.stillstream.augmenter.operation.OperationParser.OPERATIONS;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.augmenter.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * A policy whose operations can be made weaker, each on its own: by a factor from 1, as it was
 * given, to 0, where the operation leaves the image as it is. Immutable.
 */
final class TunablePolicy {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final JsonNode given;
  private final JsonNode canonical;
  private final List<TunableOperation> operations = new ArrayList<>();
  private final List<String> untouched = new ArrayList<>();

  /** Says what becomes of an operation; called for each in the order of the policy. */
  private interface Visitor {
    JsonNode visit(JsonNode element, TunableOperation operation);
  }

  /**
   * @param given the policy as it was written; defaults may be missing
   * @throws io.stillstream.augmenter.policy.PolicyException if it is no valid policy
   */
  TunablePolicy(JsonNode given) {
    this.given = given;
    try {
      canonical = JSON.readTree(Policy.parse(given).canonicalJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a policy's canonical JSON cannot be read", e);
    }
    var unused = list(this.given, canonical, "", 1, false, this::note);
  }

  /** All that can be made weaker, in the order of the policy. */
  List<TunableOperation> operations() {
    return Collections.unmodifiableList(operations);
  }

  /** Paths of the operations that have an effect and always stay as they are. */
  List<String> untouched() {
    return Collections.unmodifiableList(untouched);
  }

  /**
   * The policy as a tree, spelled as it was given wherever that is possible.
   *
   * @param factors one for each of {@link #operations}, 0 to 1
   */
  JsonNode tree(double... factors) {
    if (factors.length != operations.size()) {
      throw new IllegalArgumentException(
          "%d factors for %d operations".formatted(factors.length, operations.size()));
    }
    ObjectNode tree = given.deepCopy();
    if (tree.has(OPERATIONS)) {
      Iterator<Double> next = Arrays.stream(factors).iterator();
      tree.set(
          OPERATIONS,
          list(
              given,
              canonical,
              "",
              1,
              false,
              (element, operation) ->
                  operation.isTunable() ? operation.scaled(element, next.next()) : element));
    }
    return tree;
  }

  /** The same as a policy. */
  Policy policy(double... factors) {
    return Policy.parse(tree(factors));
  }

  private JsonNode note(JsonNode element, TunableOperation operation) {
    if (operation.isTunable()) {
      operations.add(operation);
    } else if (operation.isApplied()) {
      untouched.add(operation.path());
    }
    return element;
  }

  /**
   * Goes through the operations below settings.
   *
   * @param settings as they were given
   * @param full the same in canonical form
   * @param nesting number of lists that they are nested in
   * @param isChoice whether one of them is chosen, and their probabilities are weights
   */
  private static ArrayNode list(
      JsonNode settings,
      JsonNode full,
      String path,
      int nesting,
      boolean isChoice,
      Visitor visitor) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < full.path(OPERATIONS).size(); i++) {
      JsonNode element = settings.path(OPERATIONS).path(i);
      String name = full.get(OPERATIONS).get(i).fieldNames().next();
      JsonNode fullSettings = full.get(OPERATIONS).get(i).get(name);
      String at = "%s%s[%d].%s".formatted(path, OPERATIONS, i, name);
      if (fullSettings.has(OPERATIONS)) {
        ObjectNode copy = element.get(name).deepCopy();
        copy.set(
            OPERATIONS,
            list(
                element.get(name),
                fullSettings,
                at + ".",
                nesting + 1,
                name.equals("one_of"),
                visitor));
        list.add(JsonNodeFactory.instance.objectNode().set(name, copy));
      } else {
        list.add(
            visitor.visit(
                element,
                new TunableOperation(
                    at, name, element.path(name), fullSettings, nesting, isChoice)));
      }
    }
    return list;
  }
}
