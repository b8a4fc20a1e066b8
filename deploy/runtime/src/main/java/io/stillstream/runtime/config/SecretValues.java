package io.stillstream.runtime.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Values that secret files have a part in: they are not shown, whatever their keys are called. */
final class SecretValues {
  private final Map<String, String> byKey = new LinkedHashMap<>();

  void add(String key, String value) {
    byKey.put(key, value);
  }

  boolean has(String key) {
    return byKey.containsKey(key);
  }

  Set<String> keys() {
    return Set.copyOf(byKey.keySet());
  }

  /** A text with each of them masked: records say what a value was, and not where it is from. */
  String redactIn(String text) {
    String masked = text;
    for (String value : byKey.values()) {
      masked = masked.replace(value, SecretRedactor.MASK);
    }
    return masked;
  }
}
