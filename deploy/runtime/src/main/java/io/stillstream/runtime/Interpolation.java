package io.stillstream.runtime;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables into texts: {@code ${NAME}}, or {@code ${NAME:-default}} as a shell
 * does it (the default also stands in for an empty variable). Every other {@code ${…}} is left
 * alone: Kafka's own configuration providers use {@code ${provider:path:key}}.
 */
final class Interpolation {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

  private final Map<String, String> environment;

  Interpolation(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * @throws IllegalArgumentException naming the variable, if one is not set and has no default
   */
  String apply(String text) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(
          result, Matcher.quoteReplacement(value(matcher.group(1), matcher.group(2))));
    }
    return matcher.appendTail(result).toString();
  }

  private String value(String name, String otherwise) {
    String value = environment.get(name);
    if (otherwise != null) {
      return value == null || value.isEmpty() ? otherwise : value;
    }
    if (value == null) {
      throw new IllegalArgumentException(
          "environment variable " + name + " is not set and has no default");
    }
    return value;
  }
}
