package io.stillstream.augmenter.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Augments records as the service does, without Kafka Streams, to measure the cost. There are no
 * recent images, so no images are mixed; views of any size pass; it does not wait for an
 * unavailable registry. For one thread.
 */
public final class OfflineAugmenter implements AutoCloseable {
  private final RecordAugmenterFactory factory;
  private final RecordAugmenter augmenter;

  /**
   * @throws io.stillstream.runtime.config.StartupException naming the key, if a serializer cannot
   *     be created
   */
  public OfflineAugmenter(AugmenterConfig config, MeterRegistry registry) {
    factory =
        new RecordAugmenterFactory(
            Policy.parse(config.policy()),
            config.maxPixels(),
            config.kafka(),
            registry,
            new RegistryRetry(
                Duration.ZERO,
                new CountDownLatch(1),
                new MicrometerAugmenterMetrics(registry, RecordAugmenter.reasons())),
            config.topics().views(),
            Integer.MAX_VALUE,
            Clock.systemUTC());
    augmenter = factory.get();
  }

  /**
   * The records of all views of an image.
   *
   * @param event bytes of the image event's record
   * @param at coordinates of the record
   * @throws io.stillstream.runtime.records.BadRecordException if it can never become views
   */
  public List<byte[]> augment(byte[] event, RecordCoordinates at) {
    return augmenter.augment(at, new RecordHeaders(), event, at, Optional.empty()).values();
  }

  @Override
  public void close() {
    augmenter.close();
    factory.close();
  }
}
