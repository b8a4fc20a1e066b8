package io.stillstream.runtime.config;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.RecordComponent;
import java.util.Map;

/** What stands for a component that the file leaves out, all of it or some keys. */
final class DefaultResolver {
  /** Where a file has the prefix of default names. */
  private static final JsonPointer PREFIX = JsonPointer.compile("/topics/prefix");

  private final String prefix;

  private DefaultResolver(String prefix) {
    this.prefix = prefix;
  }

  /**
   * For one file.
   *
   * @param interpolation of its variables; they stay in the defaults, too, so that these count as
   *     secret where a part of them is
   */
  static DefaultResolver in(JsonNode file, Interpolation interpolation) {
    JsonNode prefix = file.at(PREFIX);
    return new DefaultResolver(
        prefix.isValueNode() && !prefix.isNull() && interpolation.isPossible(prefix.asText())
            ? prefix.asText()
            : "");
  }

  /** What the file has for a component, with what it leaves out. */
  JsonNode of(RecordComponent component, JsonNode given) {
    Default annotation = component.getAnnotation(Default.class);
    boolean overlay = component.getType().isRecord() && given.isObject();
    if (annotation == null || (!isAbsent(given) && !overlay)) {
      return given;
    }
    try {
      JsonNode otherwise =
          annotation.prefixed()
              ? TextNode.valueOf(prefix + annotation.value())
              : YamlSettings.tree(annotation.value());
      return overlay && otherwise instanceof ObjectNode base ? merged(base, given) : otherwise;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("@Default of " + component + " is not YAML", e);
    }
  }

  static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static JsonNode merged(ObjectNode base, JsonNode given) {
    for (Map.Entry<String, JsonNode> entry : given.properties()) {
      JsonNode old = base.get(entry.getKey());
      base.set(
          entry.getKey(),
          old instanceof ObjectNode nested && entry.getValue().isObject()
              ? merged(nested, entry.getValue())
              : entry.getValue());
    }
    return base;
  }
}
