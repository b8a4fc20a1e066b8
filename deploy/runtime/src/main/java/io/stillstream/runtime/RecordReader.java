package io.stillstream.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.schemas.wire.RegistryUnavailableException;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericContainer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Turns values into records inside a service's own loop, so that a bad record can be put aside and
 * an absent registry waited for. As thread-safe as its deserializer; ours is.
 */
public final class RecordReader<T> implements AutoCloseable {
  /** The reasons with which {@link #read} refuses a record. */
  public static final List<String> REASONS = List.of("empty", "malformed", "wrong_type");

  private final Class<T> type;
  private final Deserializer<?> deserializer;
  private final RegistryWatch watch;

  /**
   * @param kafka the {@code kafka:} mapping: {@code value.deserializer} or the build's default, and
   *     all that it asks for
   * @throws StartupException naming the key, if the deserializer cannot be made
   */
  public RecordReader(Class<T> type, Map<String, ?> kafka, MeterRegistry registry) {
    this.type = type;
    this.deserializer = SerdeFactory.deserializer(kafka);
    this.watch = new RegistryWatch(registry);
  }

  /**
   * The record.
   *
   * @throws BadRecordException with reason {@code empty} for null, {@code malformed} for bytes that
   *     are no record, {@code wrong_type} for another record
   * @throws RegistryUnavailableException if the registry is away: try again later
   */
  public T read(String topic, Headers headers, byte[] value) {
    if (value == null) {
      throw new BadRecordException("empty", "the record has no value");
    }
    Object record;
    try {
      record = watch.watch(() -> deserializer.deserialize(topic, headers, value));
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new BadRecordException("malformed", e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new BadRecordException("malformed", "the record or its schema is nested too deeply", e);
    }
    if (!type.isInstance(record)) {
      throw new BadRecordException(
          "wrong_type",
          "expected " + type.getName() + ", was " + (record == null ? null : nameOf(record)));
    }
    return type.cast(record);
  }

  /** False from a failed question until the next record that could be read. */
  public boolean registryAvailable() {
    return watch.available();
  }

  @Override
  public void close() {
    deserializer.close();
  }

  private static String nameOf(Object record) {
    return record instanceof GenericContainer avro
        ? avro.getSchema().getFullName()
        : record.getClass().getName();
  }
}
