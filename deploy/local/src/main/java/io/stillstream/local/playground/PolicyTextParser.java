package io.stillstream.local.playground;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.augmenter.policy.PolicyResolver;
import java.io.StringReader;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Reads a policy as typed: a policy, or settings of an augmenter, of which only {@code policy}
 * counts. Ready-made policies may be named; files and environment variables are not read, since it
 * is a browser that asks.
 */
final class PolicyTextParser {
  private static final String KEY = "policy";
  private static final String PRESET = "preset";
  private static final int MOST_FAULTS = 100;
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private PolicyTextParser() {}

  /**
   * The policy.
   *
   * @throws InvalidPlaygroundRequestException with everything that is wrong, and where
   */
  static Policy parse(String yaml) throws InvalidPlaygroundRequestException {
    Node root = composed(yaml);
    JsonNode tree = tree(yaml);
    Node within = below(root);
    YamlLocations places = new YamlLocations(KEY, within == null ? root : within);
    JsonNode given = within == null ? tree : tree.get(KEY);
    try {
      requireNoFile(given);
      return Policy.parse(PolicyResolver.resolve(given));
    } catch (PolicyException e) {
      throw refused(e.errors(), places);
    }
  }

  private static void requireNoFile(JsonNode given) {
    String key = given.isTextual() ? KEY : KEY + "." + PRESET;
    JsonNode name = given.isTextual() ? given : given.path(PRESET);
    if (!name.isMissingNode() && !PolicyResolver.PRESETS.contains(name.asText())) {
      throw new PolicyException(
          List.of(
              "%s: must be a ready-made policy (%s); files are not read here, was %s"
                  .formatted(key, String.join(", ", PolicyResolver.PRESETS), name)));
    }
  }

  private static InvalidPlaygroundRequestException refused(
      List<String> errors, YamlLocations places) {
    return new InvalidPlaygroundRequestException(
        errors.stream().limit(MOST_FAULTS).map(places::locate).toList());
  }

  /** What stands below the key {@code policy}; null where there is none. */
  private static Node below(Node root) {
    if (root instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals(KEY)) {
          return tuple.getValueNode();
        }
      }
    }
    return null;
  }

  private static Node composed(String yaml) throws InvalidPlaygroundRequestException {
    Node root;
    try {
      root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw mark == null
          ? new InvalidPlaygroundRequestException(firstLine(e.getMessage()))
          : error(mark.getLine() + 1, mark.getColumn() + 1, e.getProblem());
    } catch (YAMLException e) {
      throw new InvalidPlaygroundRequestException(firstLine(e.getMessage()));
    }
    if (root == null) {
      throw error(1, 1, "there is no policy");
    }
    return root;
  }

  private static JsonNode tree(String yaml) throws InvalidPlaygroundRequestException {
    try {
      return YAML.readTree(yaml);
    } catch (JacksonException e) {
      JsonLocation at = e.getLocation();
      String message = firstLine(e.getOriginalMessage());
      throw at == null
          ? new InvalidPlaygroundRequestException(message)
          : error(at.getLineNr(), at.getColumnNr(), message);
    }
  }

  private static InvalidPlaygroundRequestException error(int line, int column, String message) {
    return new InvalidPlaygroundRequestException(
        List.of(new PlaygroundError(line, column, message)));
  }

  private static String firstLine(String message) {
    return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
  }
}
