package io.stillstream.augmenter.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Creates the {@link RecordAugmenter} of each task. All of them share one deserializer and one
 * serializer, so that a schema stays cached as long as the service runs, even when tasks or threads
 * end. Thread-safe; to be closed after the last augmenter.
 *
 * @param maxPixels largest height × width that is decoded
 * @param maxBytes largest record that producer and topic allow
 */
public record RecordAugmenterFactory(
    Policy policy,
    long maxPixels,
    RecordValueDeserializer<ImageEvent> deserializer,
    RecordValueSerializer<AugmentedView> serializer,
    RegistryRetry registryRetry,
    String viewsTopic,
    int maxBytes,
    Clock clock)
    implements Supplier<RecordAugmenter>, AutoCloseable {
  /**
   * @param kafka settings of the serializers
   * @throws io.stillstream.runtime.config.StartupException naming the key, if a serializer cannot
   *     be created
   */
  public RecordAugmenterFactory(
      Policy policy,
      long maxPixels,
      Map<String, String> kafka,
      MeterRegistry registry,
      RegistryRetry registryRetry,
      String viewsTopic,
      int maxBytes,
      Clock clock) {
    this(
        policy,
        maxPixels,
        new RecordValueDeserializer<>(ImageEvent.class, kafka, registry),
        new RecordValueSerializer<>(kafka, registry),
        registryRetry,
        viewsTopic,
        maxBytes,
        clock);
  }

  @Override
  public RecordAugmenter get() {
    return new RecordAugmenter(this);
  }

  @Override
  public void close() {
    deserializer.close();
    serializer.close();
  }
}
