package io.stillstream.local.topics;

import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.registry.CompatibilityClient;
import io.stillstream.schemas.registry.RegistryClient;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.registry.SerdeConfig;
import io.stillstream.schemas.registry.Sleeper;
import io.stillstream.schemas.topics.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Sees to it that a registry refuses schemas that could not read what topics hold: subjects without
 * a level of their own get {@code BACKWARD_TRANSITIVE}. A level that a subject has is not changed,
 * and no subject gets a level that promises less than the one that holds for all.
 */
public final class SubjectCompatibility {
  /** Every version of a schema reads what all versions before it wrote. */
  static final String LEVEL = "BACKWARD_TRANSITIVE";

  /** Levels that promise it. */
  private static final Set<String> ENOUGH = Set.of(LEVEL, "FULL_TRANSITIVE");

  /** Levels of the registry that promise no more than {@link #LEVEL}. */
  private static final Set<String> NOT_MORE = Set.of("NONE", "BACKWARD", LEVEL);

  private final SerdeConfig config;
  private final CompatibilityClient levels;
  private final RegistryClient schemas;

  private SubjectCompatibility(SerdeConfig config, Sleeper sleeper) {
    this.config = config;
    this.levels = CompatibilityClient.of(config, sleeper);
    this.schemas = RegistryClient.of(config, sleeper);
  }

  /**
   * What was done.
   *
   * @param lines one for each subject
   * @param warnings what an operator should look at
   * @param complete false if the registry could not be asked, or refused a level
   */
  public record Outcome(List<String> lines, List<String> warnings, boolean complete) {}

  /**
   * @param kafka settings of a producer, {@code schema.registry.url} among them
   * @throws io.stillstream.runtime.config.StartupException naming a setting that is wrong
   */
  public static SubjectCompatibility open(Map<String, String> kafka) {
    return KafkaSettings.client(
        () ->
            new SubjectCompatibility(
                SerdeConfig.of(KafkaSettings.serde(kafka, KafkaSettings.PRODUCER)),
                duration -> Thread.sleep(duration.toMillis())));
  }

  /** Gives the subject of each topic's values a level, where it has none. */
  public Outcome requireLevels(List<TopicSpec> topics) {
    List<String> lines = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    try {
      Optional<String> global = globalLevel(warnings);
      if (global.isEmpty()) {
        return new Outcome(lines, warnings, true);
      }
      boolean complete = true;
      for (TopicSpec topic : topics) {
        if (topic.valueSchema().isPresent()) {
          Schema schema = topic.valueSchema().get();
          String subject = config.strategy(false).subject(topic.name(), false, schema);
          try {
            requireLevel(subject, schema, global.get(), lines, warnings);
          } catch (UnsupportedOperationException e) {
            warnings.add(subject + " may have no compatibility level: " + e.getMessage());
            complete = false;
          }
        }
      }
      return new Outcome(lines, warnings, complete);
    } catch (RegistryUnavailableException | SerializationException e) {
      warnings.add("subjects may have no compatibility level: " + e.getMessage());
      return new Outcome(lines, warnings, false);
    }
  }

  /** Empty, with a warning, where the registry knows no levels. */
  private Optional<String> globalLevel(List<String> warnings) {
    try {
      return Optional.of(levels.globalLevel());
    } catch (UnsupportedOperationException e) {
      warnings.add(
          "the schema registry has no /config ("
              + e.getMessage()
              + "): nothing there refuses a schema that cannot read older records");
      return Optional.empty();
    }
  }

  private void requireLevel(
      String subject, Schema schema, String global, List<String> lines, List<String> warnings) {
    Optional<String> own = levels.level(subject);
    String level = own.orElse(global);
    boolean isFree = own.isEmpty() && NOT_MORE.contains(global);
    if (isFree) {
      if (set(subject, schema)) {
        lines.add(subject + " gets compatibility " + LEVEL);
      } else {
        warnings.add(
            subject
                + " has no schema yet, and auto.register.schemas is false: give it compatibility "
                + LEVEL
                + " when its schema is there");
      }
      return;
    }
    lines.add(subject + " has compatibility " + level + (own.isEmpty() ? " of the registry" : ""));
    if (!ENOUGH.contains(level)) {
      warnings.add(
          "%s has compatibility %s, not %s: it was not changed. A schema that cannot read older"
                  .formatted(subject, level, LEVEL)
              + " records may be registered there.");
    }
  }

  /**
   * Apicurio gives a level only to subjects that have a schema, so the first one is registered.
   *
   * @return false if that is not allowed
   */
  private boolean set(String subject, Schema schema) {
    if (levels.setLevel(subject, LEVEL)) {
      return true;
    }
    if (!config.getBoolean(SerdeConfig.AUTO_REGISTER)) {
      return false;
    }
    schemas.register(subject, schema, config.getBoolean(SerdeConfig.NORMALIZE));
    if (!levels.setLevel(subject, LEVEL)) {
      throw new UnsupportedOperationException("the registry does not find it");
    }
    return true;
  }
}
