package io.stillstream.local.policy.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.operation.OperationParser;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A policy's tree as the text of a policy file: keys in their order, an operation on each line. */
final class PolicyYaml {
  private PolicyYaml() {}

  /**
   * Writes a valid policy.
   *
   * @param comments lines to stand above it, without the sign of a comment
   */
  static String write(List<String> comments, JsonNode policy) {
    StringBuilder text = new StringBuilder();
    // A name may hold anything; as a comment it must stay within its line.
    comments.forEach(line -> text.append("# ").append(line.replaceAll("\\R", " ")).append('\n'));
    policy
        .properties()
        .forEach(
            entry -> {
              text.append(entry.getKey()).append(':');
              if (entry.getKey().equals(OperationParser.OPERATIONS)
                  && !entry.getValue().isEmpty()) {
                text.append('\n');
                entry
                    .getValue()
                    .forEach(operation -> text.append("  - ").append(top(operation)).append('\n'));
              } else {
                text.append(' ').append(flow(entry.getValue())).append('\n');
              }
            });
    return text.toString();
  }

  /** {@code name: {settings}} without braces around it, as users write it. */
  private static String top(JsonNode operation) {
    String text = flow(operation);
    return operation.isObject() ? text.substring(1, text.length() - 1) : text;
  }

  /** Names and numbers only, which need no quotes. */
  static String flow(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .map(entry -> entry.getKey() + ": " + flow(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false)
          .map(PolicyYaml::flow)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return number(node);
  }

  /** A number in plain decimals; other values as they are. */
  private static String number(JsonNode value) {
    if (!value.isFloatingPointNumber()) {
      return value.asText();
    }
    return plain(value.decimalValue()).toPlainString();
  }

  /** The same number without an exponent and without zeros at its end. */
  static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
