package io.stillstream.runtime.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables and secret files into texts: {@code ${NAME}}, {@code ${NAME:-default}}
 * as a shell does it (the default also stands in for an empty variable), and {@code ${file:/path}}
 * for what a file holds. Every other {@code ${…}} is left alone: Kafka's own configuration
 * providers use {@code ${provider:path:key}}, with one colon more.
 */
final class Interpolation {
  private static final Pattern REFERENCE =
      Pattern.compile(
          "\\$\\{(?:(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<otherwise>[^}]*))?|file:(?<file>[^:}]+))}");

  private final Map<String, String> environment;
  private final boolean files;

  private Interpolation(Map<String, String> environment, boolean files) {
    this.environment = environment;
    this.files = files;
  }

  /** Of what the operator has written. */
  static Interpolation full(Map<String, String> environment) {
    return new Interpolation(environment, true);
  }

  /**
   * Of a text that may come from elsewhere, with a model or a request: its author must not choose a
   * file to be read, so a reference to a file stays as it is.
   */
  static Interpolation withoutFiles(Map<String, String> environment) {
    return new Interpolation(environment, false);
  }

  /**
   * @throws IllegalArgumentException naming the variable, if one is not set and has no default, or
   *     the file, if it does not hold a text
   */
  String apply(String text) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(result, Matcher.quoteReplacement(value(matcher)));
    }
    return matcher.appendTail(result).toString();
  }

  /** Whether all that the text refers to is there. */
  boolean isPossible(String text) {
    try {
      return apply(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether a secret file is put into the text. */
  boolean readsFileFor(String text) {
    return files
        && REFERENCE.matcher(text).results().anyMatch(found -> found.group().startsWith("${file:"));
  }

  private String value(Matcher reference) {
    String file = reference.group("file");
    if (file == null) {
      return variable(reference.group("name"), reference.group("otherwise"));
    }
    return files ? SecretFile.read(file) : reference.group();
  }

  private String variable(String name, String otherwise) {
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
