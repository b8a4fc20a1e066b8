package io.stillstream.augmenter.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** Trees and policies from YAML texts. */
public final class PolicyYaml {
  private static final YAMLMapper MAPPER = new YAMLMapper();

  private PolicyYaml() {}

  public static JsonNode tree(String yaml) {
    try {
      return MAPPER.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Policy policy(String yaml) {
    return Policy.parse(tree(yaml));
  }
}
