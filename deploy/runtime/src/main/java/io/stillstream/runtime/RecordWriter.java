package io.stillstream.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.schemas.wire.RegistryUnavailableException;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/** Turns records into values, the counterpart of {@link RecordReader}. */
public final class RecordWriter<T> implements AutoCloseable {
  private final Serializer<Object> serializer;
  private final RegistryWatch watch;

  /**
   * @param kafka the {@code kafka:} mapping: {@code value.serializer} or the build's default, and
   *     all that it asks for
   * @throws StartupException naming the key, if the serializer cannot be made
   */
  @SuppressWarnings("unchecked") // it refuses at run time what it cannot write
  public RecordWriter(Map<String, ?> kafka, MeterRegistry registry) {
    this.serializer = (Serializer<Object>) SerdeFactory.serializer(kafka);
    this.watch = new RegistryWatch(registry);
  }

  /**
   * The bytes.
   *
   * @throws RegistryUnavailableException if the registry is away: try again later
   * @throws SerializationException if the record cannot be written, or the registry refuses its
   *     schema: the program or the set-up is wrong
   */
  public byte[] write(String topic, T value) {
    return watch.watch(() -> serializer.serialize(topic, value));
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
