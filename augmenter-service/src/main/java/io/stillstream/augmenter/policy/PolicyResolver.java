package io.stillstream.augmenter.policy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Resolves policies in separate files: ready-made ones, which come with the program, and users'. A
 * policy may be a name or path, or a name or path with single keys replaced.
 */
public final class PolicyResolver {
  /** Names of the ready-made policies. */
  public static final List<String> PRESETS =
      List.of(
          "fashion-mnist-mild", "fashion-mnist", "imagenet-light", "funmatch", "trivial-augment");

  private static final String PRESET = "preset";
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private PolicyResolver() {}

  /**
   * The policy itself, for {@link Policy#parse}.
   *
   * @param given a policy; or a text, the name of a ready-made policy or the path of a file; or a
   *     mapping with such a text as {@code preset} and keys that replace those of the preset,
   *     within {@code output} each on its own
   * @throws PolicyException if the named policy cannot be read
   */
  public static JsonNode resolve(JsonNode given) {
    if (given.isTextual()) {
      return read("policy", given);
    }
    if (!given.isObject() || !given.has(PRESET)) {
      return given;
    }
    JsonNode preset = read("policy." + PRESET, given.get(PRESET));
    if (!(preset.deepCopy() instanceof ObjectNode merged)) {
      return preset;
    }
    given
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().isObject()
                  && merged.get(entry.getKey()) instanceof ObjectNode o) {
                o.setAll((ObjectNode) entry.getValue());
              } else if (!entry.getKey().equals(PRESET)) {
                merged.set(entry.getKey(), entry.getValue());
              }
            });
    return merged;
  }

  /**
   * The policy of a name, or of a file.
   *
   * @param nameOrPath of a ready-made policy; what contains a slash or ends in .yaml or .yml is the
   *     path of a file
   * @throws PolicyException with everything that is wrong with it
   */
  public static Policy load(String nameOrPath) {
    return Policy.parse(resolve(TextNode.valueOf(nameOrPath)));
  }

  private static JsonNode read(String key, JsonNode name) {
    String text = name.asText();
    if (PRESETS.contains(text)) {
      return parse(key, text, presetYaml(text));
    }
    if (!text.matches(".*/.*|.*\\.ya?ml")) {
      throw error(
          key,
          "must be a ready-made policy ("
              + String.join(", ", PRESETS)
              + ") or the path of a file (with a / or ending in .yaml), was "
              + name);
    }
    Path file = Path.of(text);
    if (!Files.isRegularFile(file)) {
      throw error(key, "there is no file " + file.toAbsolutePath().normalize());
    }
    try {
      return parse(key, text, Files.readString(file));
    } catch (CharacterCodingException e) {
      throw error(key, file + " is not UTF-8 text");
    } catch (IOException e) {
      throw error(key, file + " cannot be read, " + e.getMessage());
    }
  }

  /** The YAML of a ready-made policy, its comments included. */
  public static String presetYaml(String name) {
    if (!PRESETS.contains(name)) {
      throw new IllegalArgumentException("there is no ready-made policy " + name);
    }
    try (InputStream in = PolicyResolver.class.getResourceAsStream(name + ".yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the program's own policy " + name + " cannot be read", e);
    }
  }

  private static JsonNode parse(String key, String file, String yaml) {
    JsonNode tree;
    try {
      tree = YAML.readTree(yaml);
    } catch (JacksonException e) {
      throw error(key, file + problem(e));
    }
    if (!tree.isObject()) {
      throw error(key, file + " must be a mapping of keys to values, was " + tree);
    }
    return tree;
  }

  /** The place of a fault, and what it is. */
  private static String problem(JacksonException e) {
    if (e.getCause() instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null) {
      Mark mark = yaml.getProblemMark();
      return place(mark.getLine() + 1, mark.getColumn() + 1) + yaml.getProblem();
    }
    JsonLocation at = e.getLocation();
    return (at == null ? ": " : place(at.getLineNr(), at.getColumnNr()))
        + e.getOriginalMessage().lines().findFirst().orElse("unreadable").strip();
  }

  private static String place(int line, int column) {
    return ", line " + line + ", column " + column + ": ";
  }

  private static PolicyException error(String key, String message) {
    return new PolicyException(List.of(key + ": " + message));
  }
}
