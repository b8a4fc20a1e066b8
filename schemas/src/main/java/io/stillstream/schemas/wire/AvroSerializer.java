package io.stillstream.schemas.wire;

import io.stillstream.schemas.registry.RegistryClient;
import io.stillstream.schemas.registry.RegistryClient.RegisteredSchema;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.registry.SchemaIdResolver;
import io.stillstream.schemas.registry.SerdeConfig;
import io.stillstream.schemas.registry.Sleeper;
import io.stillstream.schemas.registry.SubjectStrategy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes objects in Confluent's wire format: a zero byte, the id of the schema in the registry,
 * Avro's binary form. Takes specific and generic records, strings, bytes ({@code byte[]}, {@code
 * ByteBuffer}), boxed primitives and null.
 *
 * <p>Settings have Confluent's names; see the module's README. Thread-safe once configured.
 */
public final class AvroSerializer implements Serializer<Object> {
  private final Sleeper sleeper;
  private final RecordEncoder encoder = new RecordEncoder();
  private boolean isKey;
  private SubjectStrategy strategy;
  private SchemaIdResolver registration;

  /** For Kafka, which calls {@link #configure} next. */
  public AvroSerializer() {
    this(duration -> Thread.sleep(duration.toMillis()));
  }

  public AvroSerializer(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {
    SerdeConfig config = SerdeConfig.of(settings);
    this.isKey = isKey;
    this.strategy = config.strategy(isKey);
    this.registration = new SchemaIdResolver(RegistryClient.of(config, sleeper), config);
  }

  /**
   * The framed record; null for null.
   *
   * @throws RegistryUnavailableException when the registry is unavailable: the same call may
   *     succeed later
   * @throws UnwritableRecordException when the object does not fit its schema
   * @throws SerializationException when the registry rejects the schema
   */
  @Override
  public byte[] serialize(String topic, Object data) {
    if (data == null) {
      return null;
    }
    if (registration == null) {
      throw new IllegalStateException("configure must be called first");
    }
    Schema own = DatumSchemas.schemaOf(topic, data);
    RegisteredSchema target = registration.of(strategy.subject(topic, isKey, own), own);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      out.write(WireFormat.header(target.id()));
      encoder.encode(data, own, target.schema(), out);
    } catch (IOException | RuntimeException e) {
      throw new UnwritableRecordException(
          "Topic " + topic + ": " + own.getFullName() + " could not be written: " + e.getMessage(),
          e);
    }
    return out.toByteArray();
  }
}
