package io.stillstream.bench.input;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;

/** Settings of a service with single ones put in their place. */
public final class SettingsOverrides {
  private static final YAMLMapper YAML = new YAMLMapper();

  private SettingsOverrides() {}

  /**
   * The YAML with these settings added, which win over what it says.
   *
   * @param settings by key; a key may be a path, as in {@code batch.size}
   */
  public static String with(String yaml, Map<String, String> settings) {
    try {
      ObjectNode tree = (ObjectNode) YAML.readTree(yaml);
      settings.forEach((key, value) -> put(tree, key, value));
      return YAML.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(ObjectNode tree, String key, String value) {
    int dot = key.indexOf('.');
    if (dot < 0 || tree.path(key.substring(0, dot)).isValueNode()) {
      // No place for a setting below a value: as it stands, the service's own check refuses it by
      // name.
      tree.put(key, value);
    } else {
      put(tree.withObjectProperty(key.substring(0, dot)), key.substring(dot + 1), value);
    }
  }
}
