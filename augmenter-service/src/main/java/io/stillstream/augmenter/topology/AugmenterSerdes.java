package io.stillstream.augmenter.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import java.util.Map;

/**
 * The one deserializer and the one serializer of the service, so that a schema stays cached as long
 * as the service runs, even when tasks or threads end. Thread-safe.
 */
public record AugmenterSerdes(
    RecordValueDeserializer<ImageEvent> images, RecordValueSerializer<AugmentedView> views)
    implements AutoCloseable {
  /**
   * Creates both.
   *
   * @param kafka their settings
   * @throws io.stillstream.runtime.config.StartupException naming the key, if one cannot be created
   */
  public static AugmenterSerdes of(Map<String, String> kafka, MeterRegistry registry) {
    return new AugmenterSerdes(
        new RecordValueDeserializer<>(ImageEvent.class, kafka, registry),
        new RecordValueSerializer<>(kafka, registry));
  }

  @Override
  public void close() {
    images.close();
    views.close();
  }
}
