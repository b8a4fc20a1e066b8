package io.stillstream.schemas.registry;

import io.stillstream.schemas.registry.RegistryClient.RegisteredSchema;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Resolves the id, and the schema to write with, for a schema under a subject: registers it, or
 * takes the latest version, or looks it up, in this precedence. Results are cached forever.
 * Thread-safe.
 */
public final class SchemaIdResolver {
  private final RegistryClient client;
  private final boolean autoRegister;
  private final boolean useLatest;
  private final boolean strict;
  private final boolean normalize;
  private final Map<String, Map<Schema, RegisteredSchema>> known = new ConcurrentHashMap<>();

  public SchemaIdResolver(RegistryClient client, SerdeConfig config) {
    this.client = client;
    this.autoRegister = config.getBoolean(SerdeConfig.AUTO_REGISTER);
    this.useLatest = config.getBoolean(SerdeConfig.USE_LATEST);
    this.strict = config.getBoolean(SerdeConfig.LATEST_STRICT);
    this.normalize = config.getBoolean(SerdeConfig.NORMALIZE);
  }

  /**
   * Id and schema to write with; the schema is {@code own} unless the latest version encodes
   * differently.
   */
  public RegisteredSchema of(String subject, Schema own) {
    Map<Schema, RegisteredSchema> bySchema =
        known.computeIfAbsent(subject, s -> new ConcurrentHashMap<>());
    RegisteredSchema found = bySchema.get(own);
    if (found == null) {
      found = ask(subject, own);
      bySchema.put(own, found);
    }
    return found;
  }

  private RegisteredSchema ask(String subject, Schema own) {
    if (autoRegister) {
      return new RegisteredSchema(client.register(subject, own, normalize), own);
    }
    if (useLatest) {
      return latest(subject, own);
    }
    return new RegisteredSchema(client.lookup(subject, own, normalize), own);
  }

  private RegisteredSchema latest(String subject, Schema own) {
    RegisteredSchema latest = client.latest(subject);
    if (encodesAlike(latest.schema(), own)) {
      return new RegisteredSchema(latest.id(), own);
    }
    if (strict && !canRead(latest.schema(), own)) {
      throw new SerializationException(
          "Latest version of subject "
              + subject
              + " (id "
              + latest.id()
              + ") cannot read what "
              + own.getFullName()
              + " writes; latest.compatibility.strict=false writes anyway");
    }
    return latest;
  }

  private static boolean encodesAlike(Schema one, Schema other) {
    return SchemaNormalization.toParsingForm(one).equals(SchemaNormalization.toParsingForm(other));
  }

  private static boolean canRead(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
        == SchemaCompatibilityType.COMPATIBLE;
  }
}
