package io.stillstream.embedded.registry;

import io.stillstream.embedded.registry.RegistryState.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The content of a schema registry: subjects, their versions, ids. The same schema has the same id
 * in every subject, and registering it again changes nothing. Pure: no file, no network, one
 * thread.
 */
final class SubjectStore {
  private final TreeMap<Integer, String> schemas;
  private final TreeMap<String, List<Version>> subjects = new TreeMap<>();
  private final TreeMap<String, CompatibilityLevel> levels;
  private CompatibilityLevel globalLevel;

  SubjectStore(RegistryState state) {
    schemas = new TreeMap<>(state.schemas());
    state.subjects().forEach((name, versions) -> subjects.put(name, new ArrayList<>(versions)));
    levels = new TreeMap<>(state.subjectCompatibility());
    globalLevel = state.compatibility();
  }

  RegistryState state() {
    Map<String, List<Version>> copy = new TreeMap<>();
    subjects.forEach((name, versions) -> copy.put(name, List.copyOf(versions)));
    return new RegistryState(new TreeMap<>(schemas), copy, globalLevel, new TreeMap<>(levels));
  }

  /** Registers and returns the id; 409 when the subject's compatibility level forbids it. */
  int register(String subject, String schemaText) {
    Schema schema = parse(schemaText);
    String canonical = schema.toString();
    for (Version version : live(subject)) {
      if (schemas.get(version.id()).equals(canonical)) {
        return version.id();
      }
    }
    if (!level(subject).allows(schema, newestFirst(subject))) {
      throw new RegistryException(
          409,
          "Schema being registered is incompatible with an earlier schema for subject \"%s\", compatibility: %s"
              .formatted(subject, level(subject)));
    }
    List<Version> versions = subjects.computeIfAbsent(subject, s -> new ArrayList<>());
    int next = versions.isEmpty() ? 1 : versions.get(versions.size() - 1).version() + 1;
    versions.add(new Version(next, idOf(canonical), false));
    return versions.get(versions.size() - 1).id();
  }

  /** The version of a subject that holds this very schema. */
  Version lookUp(String subject, String schemaText, boolean deletedToo) {
    String canonical = parse(schemaText).toString();
    return existing(subject, deletedToo).stream()
        .filter(version -> schemas.get(version.id()).equals(canonical))
        .findFirst()
        .orElseThrow(RegistryException::noSchema);
  }

  /**
   * @param version a number from 1, or latest, or -1 for the same
   */
  Version version(String subject, String version, boolean deletedToo) {
    List<Version> versions = existing(subject, deletedToo);
    if (version.equals("latest") || version.equals("-1")) {
      return versions.get(versions.size() - 1);
    }
    int number = number(version);
    return versions.stream()
        .filter(v -> v.version() == number)
        .findFirst()
        .orElseThrow(() -> RegistryException.noVersion(version));
  }

  List<Integer> versions(String subject, boolean deletedToo) {
    return existing(subject, deletedToo).stream().map(Version::version).toList();
  }

  List<String> subjects(boolean deletedToo) {
    return subjects.keySet().stream()
        .filter(subject -> deletedToo || !live(subject).isEmpty())
        .toList();
  }

  String schema(int id) {
    String schema = schemas.get(id);
    if (schema == null) {
      throw RegistryException.noSchema();
    }
    return schema;
  }

  int maxId() {
    return schemas.isEmpty() ? 0 : schemas.lastKey();
  }

  /** Versions by subject that have this id, deleted ones left out. */
  Map<String, Integer> uses(int id) {
    schema(id);
    Map<String, Integer> uses = new TreeMap<>();
    for (String subject : subjects.keySet()) {
      live(subject).stream()
          .filter(version -> version.id() == id)
          .forEach(version -> uses.put(subject, version.version()));
    }
    return uses;
  }

  /** Deletes a subject; permanently only what has been deleted before. */
  List<Integer> delete(String subject, boolean permanent) {
    List<Integer> numbers = versions(subject, permanent);
    if (permanent) {
      if (!live(subject).isEmpty()) {
        throw new RegistryException(
            40405,
            "Subject '" + subject + "' was not deleted first before being permanently deleted");
      }
      subjects.remove(subject);
    } else {
      subjects.get(subject).replaceAll(v -> new Version(v.version(), v.id(), true));
    }
    levels.remove(subject);
    return numbers;
  }

  /** Deletes one version; permanently only one that has been deleted before. */
  int deleteVersion(String subject, String version, boolean permanent) {
    Version target = version(subject, version, permanent);
    if (permanent && !target.deleted()) {
      throw new RegistryException(
          40407,
          "Subject '"
              + subject
              + "' Version "
              + version
              + " was not deleted first before being"
              + " permanently deleted");
    }
    if (permanent) {
      subjects.get(subject).remove(target);
      subjects.values().removeIf(List::isEmpty);
    } else {
      Version gone = new Version(target.version(), target.id(), true);
      subjects.get(subject).replaceAll(v -> v.equals(target) ? gone : v);
    }
    return target.version();
  }

  /** Whether a schema could be registered next to one version, or next to all that count. */
  boolean compatible(String subject, String version, String schemaText) {
    Schema candidate = parse(schemaText);
    List<Schema> earlier =
        version == null
            ? newestFirst(subject)
            : List.of(parse(schemas.get(version(subject, version, false).id())));
    return level(subject).allows(candidate, earlier);
  }

  CompatibilityLevel globalLevel() {
    return globalLevel;
  }

  void globalLevel(CompatibilityLevel level) {
    globalLevel = level;
  }

  /** The subject's own level; 40408 when it has none and the global one is not asked for. */
  CompatibilityLevel level(String subject, boolean orGlobal) {
    CompatibilityLevel own = levels.get(subject);
    if (own == null && !orGlobal) {
      throw new RegistryException(
          40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }
    return own == null ? globalLevel : own;
  }

  void level(String subject, CompatibilityLevel level) {
    levels.put(subject, level);
  }

  private CompatibilityLevel level(String subject) {
    return level(subject, true);
  }

  private int idOf(String canonical) {
    for (Map.Entry<Integer, String> known : schemas.entrySet()) {
      if (known.getValue().equals(canonical)) {
        return known.getKey();
      }
    }
    int id = maxId() + 1;
    schemas.put(id, canonical);
    return id;
  }

  private List<Version> live(String subject) {
    return select(subject, version -> !version.deleted());
  }

  private List<Version> existing(String subject, boolean deletedToo) {
    List<Version> found = deletedToo ? select(subject, version -> true) : live(subject);
    if (found.isEmpty()) {
      throw RegistryException.noSubject(subject);
    }
    return found;
  }

  private List<Version> select(String subject, Predicate<Version> wanted) {
    return subjects.getOrDefault(subject, List.of()).stream().filter(wanted).toList();
  }

  private List<Schema> newestFirst(String subject) {
    List<Schema> earlier = new ArrayList<>();
    for (Version version : live(subject)) {
      earlier.add(0, parse(schemas.get(version.id())));
    }
    return earlier;
  }

  private static Schema parse(String schemaText) {
    try {
      return new Schema.Parser().parse(schemaText);
    } catch (AvroRuntimeException e) {
      throw new RegistryException(42201, "Invalid schema: " + e.getMessage());
    }
  }

  private static int number(String version) {
    try {
      int number = Integer.parseInt(version);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is too small.
    }
    throw new RegistryException(
        42202,
        "The specified version '"
            + version
            + "' is not a valid version id. Allowed values are"
            + " between [1, 2^31-1] and the string \"latest\"");
  }
}
