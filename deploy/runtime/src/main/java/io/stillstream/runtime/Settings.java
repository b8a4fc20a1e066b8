package io.stillstream.runtime;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Binds a YAML file to an immutable record. A component {@code maxDelay} is the key {@code
 * max-delay}; a record in a record is a nested mapping; what the file leaves out comes from {@link
 * Default}. Unknown and doubled keys are refused, and everything that is wrong is reported at once.
 */
public final class Settings {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // 1.10 is a version as often as a number: keep what was written.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .build();

  private Settings() {}

  /**
   * Reads a file.
   *
   * @throws StartupException with every error, each as "key: rule, was value"
   */
  public static <C extends Record> C load(
      Path file, Class<C> type, Map<String, String> environment) {
    String name = "bad configuration " + file;
    if (!Files.isRegularFile(file)) {
      throw new StartupException(name + ": there is no such file");
    }
    try {
      return parse(name, Files.readString(file), type, environment);
    } catch (CharacterCodingException e) {
      throw new StartupException(name + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new StartupException(name + ": cannot be read, " + e.getMessage(), e);
    }
  }

  /** Reads a text as {@link #load} reads a file. */
  public static <C extends Record> C parse(
      String yaml, Class<C> type, Map<String, String> environment) {
    return parse("bad configuration", yaml, type, environment);
  }

  /**
   * The configuration as YAML that could be loaded again, but for its secrets, which are masked.
   */
  public static String effective(Record config) {
    try {
      return YAML.writeValueAsString(EffectiveSettings.tree(config));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts cannot fail to print", e);
    }
  }

  /** A YAML text as a tree; an empty text is a missing node. */
  static JsonNode tree(String yaml) throws JsonProcessingException {
    return YAML.readTree(yaml);
  }

  private static <C extends Record> C parse(
      String name, String yaml, Class<C> type, Map<String, String> environment) {
    RecordBinder binder = new RecordBinder(new Interpolation(environment));
    C config;
    try {
      config = binder.bind(type, tree(yaml));
    } catch (JacksonException e) {
      throw new StartupException(name + ": " + problem(e), e);
    }
    List<String> errors = binder.errors();
    if (errors.isEmpty()) {
      return config;
    }
    throw new StartupException(
        name + ":" + (errors.size() == 1 ? " " : "\n  ") + String.join("\n  ", errors));
  }

  private static String problem(JacksonException e) {
    if (e.getCause() instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null) {
      Mark mark = yaml.getProblemMark();
      return place(mark.getLine() + 1, mark.getColumn() + 1) + yaml.getProblem();
    }
    JsonLocation location = e.getLocation();
    return (location == null ? "" : place(location.getLineNr(), location.getColumnNr()))
        + e.getOriginalMessage().lines().findFirst().orElse("unreadable").strip();
  }

  private static String place(int line, int column) {
    return "line " + line + ", column " + column + ": ";
  }
}
