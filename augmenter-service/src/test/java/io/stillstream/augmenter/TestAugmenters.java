package io.stillstream.augmenter;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.augmenter.fetch.prefetch.ObjectFetcher;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.topology.AugmenterSerdes;
import io.stillstream.augmenter.topology.DependencyRetry;
import io.stillstream.augmenter.topology.RecordAugmenterFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The augmenters of a topology under test, with their serializers. */
public final class TestAugmenters implements AutoCloseable {
  static final String VIEWS = "views";

  /** Largest view. */
  public static final int MAX_BYTES = 100_000;

  private static final Duration WAIT = Duration.ofSeconds(5);

  private final AugmenterSerdes serdes;
  private final RecordAugmenterFactory factory;

  public TestAugmenters(
      Policy policy,
      Map<String, String> kafka,
      ObjectFetcher objects,
      MeterRegistry meters,
      AugmenterMetrics metrics,
      Clock clock) {
    CountDownLatch closing = new CountDownLatch(1);
    serdes = AugmenterSerdes.of(kafka, meters);
    factory =
        new RecordAugmenterFactory(
            policy,
            1_000_000,
            serdes,
            objects,
            DependencyRetry.ofRegistry(WAIT, closing, metrics),
            DependencyRetry.ofStore(WAIT, closing, metrics),
            VIEWS,
            MAX_BYTES,
            clock);
  }

  public RecordAugmenterFactory factory() {
    return factory;
  }

  @Override
  public void close() {
    serdes.close();
  }
}
