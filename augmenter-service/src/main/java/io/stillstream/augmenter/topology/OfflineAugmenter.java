package io.stillstream.augmenter.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.prefetch.DirectObjectFetcher;
import io.stillstream.augmenter.fetch.source.ObjectSources;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
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
 * recent images, so no images are mixed; views of any size pass; it waits neither for an
 * unavailable registry nor for an object's store. For one thread.
 */
public final class OfflineAugmenter implements AutoCloseable {
  private final ObjectSource objects;
  private final AugmenterSerdes serdes;
  private final RecordAugmenter augmenter;

  /**
   * The same as below; reads images that events name by an address as the settings allow.
   *
   * @throws io.stillstream.runtime.config.StartupException naming the key, if a serializer or a
   *     source of objects cannot be created
   */
  public OfflineAugmenter(AugmenterConfig config, MeterRegistry registry) {
    this(config, registry, ObjectSources.open(config.fetch()));
  }

  /**
   * @param objects reads images that events name by an address, each when it is augmented; closed
   *     with this
   * @throws io.stillstream.runtime.config.StartupException naming the key, if a serializer cannot
   *     be created
   */
  public OfflineAugmenter(AugmenterConfig config, MeterRegistry registry, ObjectSource objects) {
    AugmenterMetrics metrics = new MicrometerAugmenterMetrics(registry, RecordAugmenter.reasons());
    CountDownLatch closing = new CountDownLatch(1);
    this.objects = objects;
    serdes = AugmenterSerdes.of(config.kafka(), registry);
    augmenter =
        new RecordAugmenterFactory(
                Policy.parse(config.policy()),
                config.maxPixels(),
                serdes,
                new DirectObjectFetcher(objects),
                DependencyRetry.ofRegistry(Duration.ZERO, closing, metrics),
                DependencyRetry.ofStore(Duration.ZERO, closing, metrics),
                config.topics().views(),
                Integer.MAX_VALUE,
                Clock.systemUTC())
            .get();
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
    objects.close();
    serdes.close();
  }
}
