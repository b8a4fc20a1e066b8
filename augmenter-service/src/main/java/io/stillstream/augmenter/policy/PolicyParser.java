package io.stillstream.augmenter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stillstream.schemas.PixelEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a policy from its tree and reports everything that is wrong with it at once. */
final class PolicyParser {
  static final int DEFAULT_SEED = 42;
  static final int DEFAULT_VIEWS = 4;
  static final int DEFAULT_QUALITY = 90;
  private static final int MAX_VIEWS = 1_000;
  private static final int MAX_OUTPUT_SIDE = 4_096;

  private final List<String> errors = new ArrayList<>();

  private PolicyParser() {}

  static Policy parse(JsonNode tree) {
    PolicyParser parser = new PolicyParser();
    Policy policy = parser.policy(tree);
    if (!parser.errors.isEmpty()) {
      throw new PolicyException(parser.errors);
    }
    return policy;
  }

  private Policy policy(JsonNode tree) {
    Parameters root = new Parameters("policy", tree, errors);
    long seed = root.wholeLong("seed", DEFAULT_SEED);
    int views = root.whole("views", DEFAULT_VIEWS, 1, MAX_VIEWS);
    Output output = output(root);
    List<Operation> operations = new ArrayList<>();
    List<JsonNode> elements = root.list("operations");
    for (int i = 0; i < elements.size(); i++) {
      operation(root.at("operations") + "[" + i + "]", elements.get(i)).ifPresent(operations::add);
    }
    root.refuseOthers();
    return new Policy(seed, views, output, operations);
  }

  private Output output(Parameters root) {
    Parameters output = new Parameters(root.at("output"), root.get("output"), errors);
    Size size =
        new Size(
            output.requiredWhole("height", 1, MAX_OUTPUT_SIDE),
            output.requiredWhole("width", 1, MAX_OUTPUT_SIDE));
    int channels = output.whole("channels", 3, 1, 3);
    if (channels == 2) {
      errors.add(output.at("channels") + ": must be 1 (grey) or 3 (RGB), was 2");
    }
    Fit fit = output.oneOf("fit", Fit.STRETCH);
    output.refuseOthers();
    return new Output(
        size,
        channels,
        fit,
        root.oneOf("encoding", PixelEncoding.RAW),
        root.whole("quality", DEFAULT_QUALITY, 1, 100));
  }

  private Optional<Operation> operation(String path, JsonNode element) {
    if (element.isTextual()) {
      // "- horizontal_flip" is all that an operation without settings needs.
      return type(path, element.asText())
          .flatMap(type -> operation(path, type, MissingNode.getInstance()));
    }
    if (!element.isObject() || element.size() != 1) {
      errors.add(path + ": must be one operation with its settings, was " + element);
      return Optional.empty();
    }
    Map.Entry<String, JsonNode> entry = element.properties().iterator().next();
    return type(path, entry.getKey()).flatMap(type -> operation(path, type, entry.getValue()));
  }

  private Optional<Operation> operation(String path, OperationType type, JsonNode settings) {
    Parameters parameters = new Parameters(path + "." + type.operationName(), settings, errors);
    Operation operation = type.parse(parameters);
    parameters.refuseOthers();
    return Optional.of(operation);
  }

  private Optional<OperationType> type(String path, String name) {
    Optional<OperationType> type = OperationType.inPolicies(name);
    if (type.isEmpty()) {
      errors.add(
          path
              + "."
              + name
              + ": unknown operation; known are "
              + String.join(", ", OperationType.policyNames()));
    }
    return type;
  }
}
