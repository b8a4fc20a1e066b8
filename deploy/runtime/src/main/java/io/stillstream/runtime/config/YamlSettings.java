package io.stillstream.runtime.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Binds a YAML file to an immutable record. A component {@code maxDelay} is the key {@code
 * max-delay}; a record in a record is a nested mapping; what the file leaves out comes from {@link
 * Default}. Unknown and doubled keys are refused, and everything that is wrong is reported at once.
 */
public final class YamlSettings {
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

  private YamlSettings() {}

  /**
   * Reads a file of the operator's: variables are taken from the environment, and secrets from the
   * files that it names.
   *
   * @throws StartupException with every error, each as "key: rule, was value"
   */
  public static <C extends Record> C load(
      Path file, Class<C> type, Map<String, String> environment) {
    return read(file, type, environment).config();
  }

  /** The same, and what must not be shown of it. */
  public static <C extends Record> Loaded<C> read(
      Path file, Class<C> type, Map<String, String> environment) {
    return read(List.of(file), type, environment);
  }

  /**
   * Reads several files as one. A mapping of a later file is merged into the earlier one's, key by
   * key; any other value takes the earlier one's place, and null takes it away.
   *
   * @param files at least one
   */
  public static <C extends Record> Loaded<C> read(
      List<Path> files, Class<C> type, Map<String, String> environment) {
    return read(files, type, Set.of(), environment);
  }

  /** The same without some keys at the top. */
  static <C extends Record> Loaded<C> read(
      List<Path> files, Class<C> type, Set<String> unread, Map<String, String> environment) {
    JsonNode whole = MissingNode.getInstance();
    for (Path file : files) {
      String name = "bad configuration " + file;
      JsonNode next = parsed(name, text(name, file));
      whole = DefaultResolver.isAbsent(next) ? whole : merged(whole, next);
    }
    if (whole instanceof ObjectNode keys) {
      keys.remove(unread);
    }
    return bound("bad configuration " + names(files), whole, type, Interpolation.full(environment));
  }

  /** Files as messages name them. */
  public static String names(List<Path> files) {
    return files.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  /**
   * A configuration that was read.
   *
   * @param fromFiles keys of values that came, if only in part, from secret files
   */
  public record Loaded<C extends Record>(C config, Set<String> fromFiles) {
    /** As {@link YamlSettings#effective}, with these values masked, too. */
    public String effective() {
      return YamlSettings.effective(config, fromFiles);
    }
  }

  /** Reads a file that came from elsewhere, with a model: no variable is set, no file is read. */
  public static <C extends Record> C loadForeign(Path file, Class<C> type) {
    String name = "bad configuration " + file;
    return parse(name, text(name, file), type, Interpolation.withoutFiles(Map.of())).config();
  }

  /**
   * Reads one part of a file as it stands, with variables and files filled in: what is below a key,
   * or the whole of a file that does not have the key. Nothing is known of the rest, so nothing of
   * it is checked.
   *
   * @return a missing node for an empty file
   * @throws StartupException if it is no YAML, or variables are not set
   */
  public static JsonNode part(Path file, String key, Map<String, String> environment) {
    return part(file, key, Interpolation.full(environment));
  }

  /** Reads one part of a file that came from elsewhere, as {@link #loadForeign} does. */
  public static JsonNode foreignPart(Path file, String key) {
    return part(file, key, Interpolation.withoutFiles(Map.of()));
  }

  private static JsonNode part(Path file, String key, Interpolation interpolation) {
    String name = "bad configuration " + file;
    RecordBinder binder = new RecordBinder(interpolation);
    try {
      JsonNode whole = tree(text(name, file));
      JsonNode part =
          whole.has(key)
              ? binder.interpolated(whole.get(key), key)
              : binder.interpolated(whole, "");
      refuse(name, binder.errors());
      return part;
    } catch (JacksonException e) {
      throw new StartupException(name + ": " + problem(e), e);
    }
  }

  /** Reads a text as {@link #load} reads a file, but for secrets in files: it names none. */
  public static <C extends Record> C parse(
      String yaml, Class<C> type, Map<String, String> environment) {
    return parse("bad configuration", yaml, type, Interpolation.withoutFiles(environment)).config();
  }

  /**
   * The configuration as YAML that could be loaded again, but for its secrets, which are masked.
   */
  public static String effective(Record config) {
    return effective(config, Set.of());
  }

  private static String effective(Record config, Set<String> hidden) {
    try {
      return YAML.writeValueAsString(new EffectiveSettings(hidden).tree(config));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts cannot fail to print", e);
    }
  }

  /** A YAML text as a tree; an empty text is a missing node. */
  static JsonNode tree(String yaml) throws JsonProcessingException {
    return YAML.readTree(yaml);
  }

  private static <C extends Record> Loaded<C> parse(
      String name, String yaml, Class<C> type, Interpolation interpolation) {
    return bound(name, parsed(name, yaml), type, interpolation);
  }

  private static <C extends Record> Loaded<C> bound(
      String name, JsonNode whole, Class<C> type, Interpolation interpolation) {
    RecordBinder binder = new RecordBinder(interpolation);
    C config = binder.bind(type, whole);
    refuse(name, binder.errors());
    return new Loaded<>(config, binder.fromFiles());
  }

  private static JsonNode parsed(String name, String yaml) {
    try {
      return tree(yaml);
    } catch (JacksonException e) {
      throw new StartupException(name + ": " + problem(e), e);
    }
  }

  private static JsonNode merged(JsonNode earlier, JsonNode later) {
    if (!earlier.isObject() || !later.isObject()) {
      return later;
    }
    ObjectNode both = ((ObjectNode) earlier).deepCopy();
    for (Map.Entry<String, JsonNode> e : later.properties()) {
      // An unknown key stays, so that it is refused.
      if (e.getValue().isNull() && both.has(e.getKey())) {
        both.remove(e.getKey());
      } else {
        both.set(e.getKey(), merged(both.path(e.getKey()), e.getValue()));
      }
    }
    return both;
  }

  private static String text(String name, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new StartupException(name + ": there is no such file");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new StartupException(name + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new StartupException(name + ": cannot be read, " + e.getMessage(), e);
    }
  }

  private static void refuse(String name, List<String> errors) {
    if (!errors.isEmpty()) {
      throw new StartupException(
          name + ":" + (errors.size() == 1 ? " " : "\n  ") + String.join("\n  ", errors));
    }
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
