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
 */
public final class RecordAugmenterFactory implements Supplier<RecordAugmenter>, AutoCloseable {
  private final Policy policy;
  private final long maxPixels;
  private final RecordValueDeserializer<ImageEvent> deserializer;
  private final RecordValueSerializer<AugmentedView> serializer;
  private final RegistryRetry registryRetry;
  private final String viewsTopic;
  private final int maxBytes;
  private final Clock clock;

  /**
   * @param kafka settings of the serializers
   * @param maxBytes largest record that producer and topic allow
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
    this.policy = policy;
    this.maxPixels = maxPixels;
    this.deserializer = new RecordValueDeserializer<>(ImageEvent.class, kafka, registry);
    this.serializer = new RecordValueSerializer<>(kafka, registry);
    this.registryRetry = registryRetry;
    this.viewsTopic = viewsTopic;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  @Override
  public RecordAugmenter get() {
    return new RecordAugmenter(
        policy, maxPixels, deserializer, serializer, registryRetry, viewsTopic, maxBytes, clock);
  }

  @Override
  public void close() {
    deserializer.close();
    serializer.close();
  }
}
