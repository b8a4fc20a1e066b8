package io.stillstream.schemas.wire;

import io.stillstream.schemas.registry.RegistryClient;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.registry.SerdeConfig;
import io.stillstream.schemas.registry.Sleeper;
import io.stillstream.schemas.registry.SubjectStrategy;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads records in Confluent's wire format. With {@code specific.avro.reader} into generated
 * classes, whose schema is the reader's, so that a record written with an older or newer schema is
 * resolved; otherwise into generic records of the writer's schema. Primitives come back as Java's,
 * strings as {@code String}, top-level bytes as {@code byte[]}.
 *
 * <p>Settings have Confluent's names; see the module's README. Thread-safe once configured.
 */
public final class AvroDeserializer implements Deserializer<Object> {
  private final Sleeper sleeper;
  private final LongSupplier nanoClock;
  private final Map<Schema, DatumReader<Object>> readers = new ConcurrentHashMap<>();
  private boolean isKey;
  private boolean specific;
  private SubjectStrategy strategy;
  private WriterSchemaCache schemas;
  private RegistryDataLossDetector dataCheck;

  /** For Kafka, which calls {@link #configure} next. */
  public AvroDeserializer() {
    this(duration -> Thread.sleep(duration.toMillis()), System::nanoTime);
  }

  public AvroDeserializer(Sleeper sleeper, LongSupplier nanoClock) {
    this.sleeper = sleeper;
    this.nanoClock = nanoClock;
  }

  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {
    SerdeConfig config = SerdeConfig.of(settings);
    this.isKey = isKey;
    this.specific = config.getBoolean(SerdeConfig.SPECIFIC_READER);
    this.strategy = config.strategy(isKey);
    RegistryClient client = RegistryClient.of(config, sleeper);
    this.schemas =
        new WriterSchemaCache(client, new UnknownSchemaIds(config.unknownIdTimeout(), nanoClock));
    this.dataCheck =
        new RegistryDataLossDetector(
            client, schemas, strategy, isKey, config.waitsForData(), nanoClock);
  }

  /** For callers that send bad records to dead letters, and must not do so with good ones. */
  public RegistryDataLossDetector dataLossDetector() {
    return dataCheck;
  }

  /**
   * The object; null for null.
   *
   * @throws RegistryUnavailableException when the registry is unavailable, or does not know the
   *     schema's id yet: the same call may succeed later
   * @throws SerializationException when the bytes are malformed, or their schema cannot be read
   */
  @Override
  public Object deserialize(String topic, byte[] data) {
    if (data == null) {
      return null;
    }
    if (schemas == null) {
      throw new IllegalStateException("configure must be called first");
    }
    int id = WireFormat.id(topic, data);
    Optional<String> subject =
        strategy.usesSchema()
            ? Optional.empty()
            : Optional.of(strategy.subject(topic, isKey, null));
    Schema writer = schemas.byId(topic, id, subject);
    if (writer.getType() == Schema.Type.BYTES) {
      return Arrays.copyOfRange(data, WireFormat.HEADER, data.length);
    }
    DatumReader<Object> reader = readers.computeIfAbsent(writer, schema -> reader(topic, schema));
    return read(topic, data, writer, reader);
  }

  private static Object read(String topic, byte[] data, Schema writer, DatumReader<Object> reader) {
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(data, WireFormat.HEADER, data.length - WireFormat.HEADER, null);
    Object value;
    boolean atEnd;
    try {
      value = reader.read(null, decoder);
      atEnd = decoder.isEnd();
    } catch (EOFException e) {
      throw WireFormat.malformed(
          topic, "truncated: " + data.length + " bytes end within " + writer.getFullName(), e);
    } catch (IOException | RuntimeException e) {
      throw WireFormat.malformed(topic, "not a " + writer.getFullName() + ": " + e.getMessage(), e);
    }
    if (!atEnd) {
      throw WireFormat.malformed(
          topic, "bytes are left over behind the end of " + writer.getFullName(), null);
    }
    return writer.getType() == Schema.Type.STRING ? value.toString() : value;
  }

  private DatumReader<Object> reader(String topic, Schema writer) {
    if (!specific || writer.getType() != Schema.Type.RECORD) {
      return new GenericDatumReader<>(writer);
    }
    Class<?> type =
        GeneratedData.find(writer.getFullName())
            .filter(SpecificRecord.class::isAssignableFrom)
            .orElseThrow(
                () ->
                    new SerializationException(
                        "Topic "
                            + topic
                            + ": there is no generated class for "
                            + writer.getFullName()));
    return new UnboxedDatumReader(type, writer, SpecificData.get().getSchema(type));
  }
}
