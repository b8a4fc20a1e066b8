package io.stillstream.runtime.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A configuration as a tree to be printed, without its secrets. */
final class EffectiveSettings {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Set<String> hidden;

  /**
   * @param hidden keys that are masked beside those that look secret
   */
  EffectiveSettings(Set<String> hidden) {
    this.hidden = hidden;
  }

  JsonNode tree(Record config) {
    return tree("", config);
  }

  private JsonNode tree(String key, Object value) {
    if (value instanceof Record config) {
      ObjectNode node = NODES.objectNode();
      for (RecordComponent component : config.getClass().getRecordComponents()) {
        put(node, key, RecordBinder.key(component), read(component, config));
      }
      return node;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode node = NODES.objectNode();
      map.forEach((name, element) -> put(node, key, name.toString(), element));
      return node;
    }
    if (value instanceof JsonNode node && node.isObject()) {
      ObjectNode copy = NODES.objectNode();
      node.properties().forEach(entry -> put(copy, key, entry.getKey(), entry.getValue()));
      return copy;
    }
    if (value instanceof List<?> || value instanceof ArrayNode) {
      ArrayNode node = NODES.arrayNode();
      ((Iterable<?>) value)
          .forEach(element -> node.add(tree(key + "[" + node.size() + "]", element)));
      return node;
    }
    return scalar(key, value);
  }

  private JsonNode scalar(String key, Object value) {
    if (hidden.contains(key)) {
      return NODES.textNode(SecretRedactor.MASK);
    }
    if (!SecretRedactor.isSecret(key)) {
      if (value instanceof Integer || value instanceof Long || value instanceof Double) {
        return NODES.numberNode(new BigDecimal(value.toString()));
      }
      if (value instanceof Boolean bool) {
        return NODES.booleanNode(bool);
      }
      if (value instanceof JsonNode node && !node.isTextual()) {
        return node;
      }
    }
    String text = value instanceof JsonNode node ? node.asText() : Scalars.format(value);
    return NODES.textNode(SecretRedactor.redact(key, text));
  }

  /** What lies below a secret key is secret too, so the keys above stay part of the question. */
  private void put(ObjectNode node, String above, String name, Object value) {
    Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    if (present != null) {
      node.set(name, tree(above.isEmpty() ? name : above + "." + name, present));
    }
  }

  private static Object read(RecordComponent component, Record config) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }
}
