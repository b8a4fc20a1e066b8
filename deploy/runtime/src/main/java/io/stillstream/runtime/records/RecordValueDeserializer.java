package io.stillstream.runtime.records;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.wire.AvroDeserializer;
import io.stillstream.schemas.wire.RegistryDataLossDetector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.generic.GenericContainer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Turns values into records inside a service's own loop, so that a bad record can become a dead
 * letter and an absent registry waited for. As thread-safe as its deserializer; ours is.
 */
public final class RecordValueDeserializer<T> implements AutoCloseable {
  /** The reasons with which {@link #deserialize} refuses a record. */
  public static final List<String> REASONS = List.of("empty", "malformed", "wrong_type");

  private final Class<T> type;
  private final Deserializer<?> deserializer;
  private final RegistryMonitor watch;
  private final Optional<RegistryDataLossDetector> dataCheck;

  /**
   * @param kafka the {@code kafka:} mapping: {@code value.deserializer} or the build's default, and
   *     all that it asks for
   * @throws StartupException naming the key, if the deserializer cannot be made
   */
  public RecordValueDeserializer(Class<T> type, Map<String, ?> kafka, MeterRegistry registry) {
    this.type = type;
    this.deserializer = SerdeFactory.deserializer(kafka);
    this.watch = new RegistryMonitor(registry);
    this.dataCheck =
        deserializer instanceof AvroDeserializer ours
            ? Optional.of(ours.dataLossDetector())
            : Optional.empty();
  }

  /**
   * The record.
   *
   * @throws BadRecordException with reason {@code empty} for null, {@code malformed} for bytes that
   *     are no record, {@code wrong_type} for another record
   * @throws RegistryUnavailableException if the registry is away, or has lost its data: try again
   *     later
   */
  public T deserialize(String topic, Headers headers, byte[] value) {
    if (value == null) {
      throw new BadRecordException("empty", "the record has no value");
    }
    Object record;
    try {
      record = watch.track(() -> deserializer.deserialize(topic, headers, value));
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      requireRegistryData(topic, value);
      throw new BadRecordException("malformed", e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new BadRecordException("malformed", "the record or its schema is nested too deeply", e);
    }
    if (!type.isInstance(record)) {
      requireRegistryData(topic, value);
      throw new BadRecordException(
          "wrong_type",
          "expected " + type.getName() + ", was " + (record == null ? null : nameOf(record)));
    }
    dataCheck.ifPresent(check -> check.recordRead(value));
    return type.cast(record);
  }

  /**
   * Whether the registry has schemas for the topic's records; true where that cannot be told.
   *
   * @throws RegistryUnavailableException if the registry is away: try again later
   */
  public boolean registryKnows(String topic) {
    return watch.track(() -> dataCheck.map(check -> check.hasSubject(topic)).orElse(true));
  }

  /** False from a failed question until the next record that could be read. */
  public boolean registryAvailable() {
    return watch.available();
  }

  @Override
  public void close() {
    deserializer.close();
  }

  /** No record becomes a dead letter because a registry was set up again. */
  private void requireRegistryData(String topic, byte[] value) {
    dataCheck.ifPresent(
        check ->
            watch.track(
                () -> {
                  check.requireData(topic, value);
                  return value;
                }));
  }

  private static String nameOf(Object record) {
    return record instanceof GenericContainer avro
        ? avro.getSchema().getFullName()
        : record.getClass().getName();
  }
}
