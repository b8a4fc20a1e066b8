package io.stillstream.runtime.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Binds one tree to one record and collects what is wrong on the way. A value that cannot be bound
 * is null from there on, and the records around it are not constructed, but their other components
 * are still looked at.
 */
final class RecordBinder {
  private final List<String> errors = new ArrayList<>();
  private final Interpolation interpolation;
  private final SecretValues secrets = new SecretValues();
  private DefaultResolver defaults;

  RecordBinder(Interpolation interpolation) {
    this.interpolation = interpolation;
    this.defaults = DefaultResolver.in(MissingNode.getInstance(), interpolation);
  }

  /** Each as "key: rule, was value"; the result of {@code bind} is only good if this is empty. */
  List<String> errors() {
    return List.copyOf(errors);
  }

  /** Keys of values that came from secret files, all of them or in part. */
  Set<String> fromFiles() {
    return secrets.keys();
  }

  <C extends Record> C bind(Class<C> type, JsonNode tree) {
    defaults = DefaultResolver.in(tree, interpolation);
    return type.cast(bindRecord(type, tree, ""));
  }

  private Object bind(Type type, JsonNode node, String path) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return Optional.ofNullable(bind(arguments[0], node, path));
      }
      if (generic.getRawType() == List.class) {
        return bindList(arguments[0], node, path);
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return bindMap(arguments[1], node, path);
      }
    } else if (type instanceof Class<?> plain) {
      if (plain == JsonNode.class) {
        return interpolated(node, path);
      }
      if (plain.isRecord()) {
        return bindRecord(plain, node, path);
      }
      if (Scalars.knows(plain)) {
        return bindScalar(plain, node, path);
      }
    }
    throw new IllegalStateException("settings cannot be of " + type + " (" + path + ")");
  }

  private Object bindRecord(Class<?> type, JsonNode given, String path) {
    JsonNode node = inFull(type, given);
    if (!node.isObject() && !DefaultResolver.isAbsent(node)) {
      return error(path, "must be a mapping of keys to values", node);
    }
    int before = errors.size();
    RecordComponent[] components = type.getRecordComponents();
    Set<String> known = new LinkedHashSet<>();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = key(components[i]);
      known.add(key);
      values[i] = bindComponent(components[i], node.path(key), child(path, key));
    }
    // An unknown key does not keep the record from checking the keys that it knows.
    Object bound = errors.size() > before ? null : construct(type, values, path, known);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!known.contains(entry.getKey())) {
        errors.add(
            child(path, entry.getKey())
                + ": unknown key; "
                + KeySuggestion.hint(entry.getKey(), known));
      }
    }
    return bound;
  }

  /** A single value as the mapping that it is short for, if it is for anything. */
  private static JsonNode inFull(Class<?> type, JsonNode given) {
    Shorthand shorthand = type.getAnnotation(Shorthand.class);
    return shorthand == null || !given.isValueNode() || DefaultResolver.isAbsent(given)
        ? given
        : JsonNodeFactory.instance.objectNode().set(shorthand.value(), given);
  }

  private Object bindComponent(RecordComponent component, JsonNode given, String path) {
    Type type = component.getGenericType();
    JsonNode node = defaults.of(component, given);
    if (!DefaultResolver.isAbsent(node)) {
      return bind(type, node, path);
    }
    if (component.getType() == Optional.class) {
      return Optional.empty();
    }
    return component.getType().isRecord()
        ? bindRecord(component.getType(), node, path)
        : error(path, "is required");
  }

  private Object construct(Class<?> type, Object[] values, String path, Set<String> keys) {
    try {
      Class<?>[] parameters =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException broken) {
        secrets
            .redactIn(broken.getMessage())
            .lines()
            .forEach(line -> errors.add(located(line, path, keys)));
        return null;
      }
      throw new IllegalStateException("cannot construct " + type, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot construct " + type, e);
    }
  }

  /** "port must be …" from the record at "management" becomes "management.port: must be …". */
  private static String located(String message, String path, Set<String> keys) {
    int space = message.indexOf(' ');
    String first = space < 0 ? "" : message.substring(0, space).replaceAll(":$", "");
    String top = first.replaceAll("\\..*", "");
    return keys.contains(top)
        ? child(path, first) + ": " + message.substring(space + 1)
        : path.isEmpty() ? message : path + ": " + message;
  }

  private Object bindScalar(Class<?> type, JsonNode node, String path) {
    if (!node.isValueNode()) {
      return error(path, "must be a single value", node);
    }
    String text = interpolate(node.asText(), path);
    if (text == null) {
      return null;
    }
    try {
      return Scalars.parse(type, text);
    } catch (IllegalArgumentException e) {
      // What a secret file holds is not shown, whatever the key.
      String shown = secrets.has(path) ? node.asText() : text;
      return error(path, e.getMessage(), TextNode.valueOf(shown));
    }
  }

  private List<Object> bindList(Type element, JsonNode node, String path) {
    List<Object> values = new ArrayList<>();
    if (!node.isArray()) {
      error(path, "must be a list", node);
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      values.add(bindElement(element, node.get(i), path + "[" + i + "]"));
    }
    return Collections.unmodifiableList(values);
  }

  private Map<String, Object> bindMap(Type element, JsonNode node, String path) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (!node.isObject()) {
      error(path, "must be a mapping of keys to values", node);
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      values.put(
          entry.getKey(), bindElement(element, entry.getValue(), child(path, entry.getKey())));
    }
    return Collections.unmodifiableMap(values);
  }

  private Object bindElement(Type type, JsonNode node, String path) {
    return node.isNull() ? error(path, "must have a value") : bind(type, node, path);
  }

  /** The tree with environment variables filled in. */
  JsonNode interpolated(JsonNode node, String path) {
    if (node.isTextual()) {
      String text = interpolate(node.asText(), path);
      return text == null ? MissingNode.getInstance() : TextNode.valueOf(text);
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> copy.add(interpolated(element, path + "[" + copy.size() + "]")));
      return copy;
    }
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      node.properties()
          .forEach(e -> copy.set(e.getKey(), interpolated(e.getValue(), child(path, e.getKey()))));
      return copy;
    }
    return node;
  }

  private String interpolate(String text, String path) {
    try {
      String value = interpolation.apply(text);
      if (interpolation.readsFileFor(text)) {
        secrets.add(path, value);
      }
      return value;
    } catch (IllegalArgumentException e) {
      errors.add(path + ": " + e.getMessage());
      return null;
    }
  }

  private Object error(String path, String rule) {
    errors.add(path + ": " + rule);
    return null;
  }

  private Object error(String path, String rule, JsonNode was) {
    String value = was.isTextual() ? "\"" + was.asText() + "\"" : was.toString();
    return error(
        path.isEmpty() ? "the file" : path, rule + ", was " + SecretRedactor.redact(path, value));
  }

  private static String child(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  static String key(RecordComponent component) {
    return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
