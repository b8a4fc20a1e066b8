package io.stillstream.embedded.registry;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;

/**
 * What a new schema of a subject must be able to do; judged by Avro's own {@link SchemaValidator}.
 * Backward: it reads what earlier ones wrote. Forward: earlier ones read what it writes. Full:
 * both. Without TRANSITIVE only the latest version counts.
 */
enum CompatibilityLevel {
  NONE,
  BACKWARD,
  BACKWARD_TRANSITIVE,
  FORWARD,
  FORWARD_TRANSITIVE,
  FULL,
  FULL_TRANSITIVE;

  static CompatibilityLevel of(String name) {
    for (CompatibilityLevel level : values()) {
      if (level.name().equals(name)) {
        return level;
      }
    }
    throw new RegistryException(
        42203, "Invalid compatibility level. Valid values are none, backward, forward and full");
  }

  /**
   * @param earlier versions, the newest first
   */
  boolean allows(Schema candidate, List<Schema> earlier) {
    if (this == NONE) {
      return true;
    }
    try {
      validator().validate(candidate, earlier);
      return true;
    } catch (SchemaValidationException e) {
      return false;
    }
  }

  private SchemaValidator validator() {
    SchemaValidatorBuilder builder = new SchemaValidatorBuilder();
    builder =
        switch (this) {
          case BACKWARD, BACKWARD_TRANSITIVE -> builder.canReadStrategy();
          case FORWARD, FORWARD_TRANSITIVE -> builder.canBeReadStrategy();
          case FULL, FULL_TRANSITIVE, NONE -> builder.mutualReadStrategy();
        };
    return name().endsWith("TRANSITIVE") ? builder.validateAll() : builder.validateLatest();
  }
}
