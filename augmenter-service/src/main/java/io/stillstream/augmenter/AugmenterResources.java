package io.stillstream.augmenter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.config.StreamsSettings;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.augmenter.topology.BrokerProbe;
import io.stillstream.augmenter.topology.RecordAugmenter;
import io.stillstream.augmenter.topology.RecordAugmenterFactory;
import io.stillstream.augmenter.topology.RegistryRetry;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.MaxRecordSize;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.service.CloseableStack;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the service has open: Kafka Streams and what it uses. The stack closes it in reverse. */
final class AugmenterResources {
  private static final Logger LOG = LoggerFactory.getLogger(AugmenterResources.class);
  private static final String NAME = "augmenter";
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final AugmenterConfig config;
  private final AugmenterMetrics metrics;
  private final Clock clock = Clock.systemUTC();
  private final KafkaStreams streams;
  private final BrokerProbe brokers;

  /** Opens everything; Kafka Streams is not started. */
  AugmenterResources(
      AugmenterConfig config,
      Policy policy,
      MeterRegistry registry,
      AugmenterMetrics metrics,
      RegistryRetry registryRetry,
      CloseableStack stack) {
    this.config = config;
    this.metrics = metrics;
    Optional<RecentImageStore> store =
        policy.mixesImages() ? Optional.of(recentImageStore()) : Optional.empty();
    RecordAugmenterFactory augmenters =
        stack.push(
            new RecordAugmenterFactory(
                policy,
                config.maxPixels(),
                config.kafka(),
                registry,
                registryRetry,
                config.topics().views(),
                limit(config.topics().views()),
                clock));
    this.streams = streams(augmenters, store, registry);
    stack.push(this::closeStreams);
    stack.push(new KafkaStreamsMetrics(streams)).bindTo(registry);
    this.brokers = stack.push(new BrokerProbe(config.kafka()));
  }

  KafkaStreams streams() {
    return streams;
  }

  BrokerProbe brokers() {
    return brokers;
  }

  private RecentImageStore recentImageStore() {
    int maxRecord = limit(StreamsSettings.changelogTopic(config.applicationId()));
    return RecentImageStore.of(RecentImageLimits.of(config.partners(), maxRecord), config.kafka());
  }

  private KafkaStreams streams(
      RecordAugmenterFactory augmenters, Optional<RecentImageStore> store, MeterRegistry registry) {
    DeadLetterFactory deadLetters =
        new DeadLetterFactory(
                config.topics().deadLetters(), NAME, registry, limit(config.topics().deadLetters()))
            .preregister(RecordAugmenter.reasons());
    return KafkaSettings.client(
        () ->
            new KafkaStreams(
                AugmenterTopology.of(
                    config.topics(),
                    augmenters,
                    store,
                    deadLetters,
                    new UnexpectedFailurePolicy(config.maxConsecutiveFailures()),
                    metrics,
                    clock),
                StreamsSettings.of(config, store.isPresent())));
  }

  /** Largest record that can be sent to a topic, bytes. */
  private int limit(String topic) {
    return MaxRecordSize.of(topic, config.kafka(), StreamsSettings.maxRequestSize(config.kafka()));
  }

  /** A member that leaves frees its partitions at once; a static one will return and keeps them. */
  private void closeStreams() {
    CloseOptions options =
        CloseOptions.timeout(CLOSE_TIMEOUT)
            .withGroupMembershipOperation(
                StreamsSettings.isStaticMember(config.kafka())
                    ? CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP
                    : CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    if (!streams.close(options)) {
      LOG.atWarn()
          .addKeyValue("after", CLOSE_TIMEOUT)
          .log("stream threads did not end in time; their transaction will be aborted");
    }
  }
}
