package io.stillstream.runtime.records;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.wire.UnwritableRecordException;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/** Turns records into values, the counterpart of {@link RecordValueDeserializer}. */
public final class RecordValueSerializer<T> implements AutoCloseable {
  private final Serializer<Object> serializer;
  private final RegistryMonitor watch;

  /**
   * @param kafka the {@code kafka:} mapping: {@code value.serializer} or the build's default, and
   *     all that it asks for
   * @throws StartupException naming the key, if the serializer cannot be made
   */
  @SuppressWarnings("unchecked") // it refuses at run time what it cannot write
  public RecordValueSerializer(Map<String, ?> kafka, MeterRegistry registry) {
    this.serializer = (Serializer<Object>) SerdeFactory.serializer(kafka);
    this.watch = new RegistryMonitor(registry);
  }

  /**
   * The bytes.
   *
   * @throws RegistryUnavailableException if the registry is away: try again later
   * @throws SerializationException if the registry refuses the schema: the program or the set-up is
   *     wrong
   * @throws IllegalArgumentException if it is this record that cannot be written; Confluent's own
   *     serializer does not tell, and throws a SerializationException then, too
   */
  public byte[] serialize(String topic, T value) {
    try {
      return watch.track(() -> serializer.serialize(topic, value));
    } catch (UnwritableRecordException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** False from a failed question until the next record that could be written. */
  public boolean registryAvailable() {
    return watch.available();
  }

  @Override
  public void close() {
    serializer.close();
  }
}
