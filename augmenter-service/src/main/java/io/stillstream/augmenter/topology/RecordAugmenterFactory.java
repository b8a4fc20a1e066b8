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
 * Makes the converter of each task. All of them share one reader and one writer, so that a schema
 * that was seen once is known for as long as the service runs, whatever becomes of tasks and
 * threads. Thread-safe; to be closed after the last converter.
 */
public final class RecordAugmenterFactory implements Supplier<RecordAugmenter>, AutoCloseable {
  private final Policy policy;
  private final long maxPixels;
  private final RecordValueDeserializer<ImageEvent> reader;
  private final RecordValueSerializer<AugmentedView> writer;
  private final RegistryRetry patience;
  private final String viewsTopic;
  private final int maxBytes;
  private final Clock clock;

  /**
   * Creates a record augmenter factory.
   *
   * @param kafka settings of the serialisers
   * @param maxBytes largest record that producer and topic let through
   * @throws io.stillstream.runtime.config.StartupException naming the key, if a serialiser cannot
   *     be made
   */
  public RecordAugmenterFactory(
      Policy policy,
      long maxPixels,
      Map<String, String> kafka,
      MeterRegistry registry,
      RegistryRetry patience,
      String viewsTopic,
      int maxBytes,
      Clock clock) {
    this.policy = policy;
    this.maxPixels = maxPixels;
    this.reader = new RecordValueDeserializer<>(ImageEvent.class, kafka, registry);
    this.writer = new RecordValueSerializer<>(kafka, registry);
    this.patience = patience;
    this.viewsTopic = viewsTopic;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  @Override
  public RecordAugmenter get() {
    return new RecordAugmenter(
        policy, maxPixels, reader, writer, patience, viewsTopic, maxBytes, clock);
  }

  @Override
  public void close() {
    reader.close();
    writer.close();
  }
}
