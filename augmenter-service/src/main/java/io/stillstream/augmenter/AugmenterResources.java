package io.stillstream.augmenter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.config.StreamsSettings;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.prefetch.ObjectPrefetcher;
import io.stillstream.augmenter.fetch.prefetch.PrefetchInterceptor;
import io.stillstream.augmenter.fetch.prefetch.ResultWait;
import io.stillstream.augmenter.mapping.ObjectReferenceMapper;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.FetchMetrics;
import io.stillstream.augmenter.metrics.MicrometerFetchMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.augmenter.topology.AugmenterSerdes;
import io.stillstream.augmenter.topology.BrokerProbe;
import io.stillstream.augmenter.topology.DependencyRetry;
import io.stillstream.augmenter.topology.OffsetCheckingClients;
import io.stillstream.augmenter.topology.RecordAugmenter;
import io.stillstream.augmenter.topology.RecordAugmenterFactory;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.MaxRecordSize;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.service.CloseableStack;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the service has open: Kafka Streams and what it uses. The stack closes it in reverse. */
final class AugmenterResources {
  private static final Logger LOG = LoggerFactory.getLogger(AugmenterResources.class);
  private static final String NAME = "augmenter";
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /** So often a record looks for its object until it has waited for the longest time. */
  private static final int FETCH_WAITS = 6;

  private final AugmenterConfig config;
  private final AugmenterMetrics metrics;
  private final Clock clock = Clock.systemUTC();
  private final DependencyRetry registryRetry;
  private final DependencyRetry storeRetry;
  private final KafkaStreams streams;
  private final BrokerProbe brokers;

  /**
   * Opens everything; Kafka Streams is not started.
   *
   * @param closing released when the service closes
   * @param sources opens what objects are read from
   */
  AugmenterResources(
      AugmenterConfig config,
      Policy policy,
      MeterRegistry registry,
      AugmenterMetrics metrics,
      CountDownLatch closing,
      Function<FetchSettings, ObjectSource> sources,
      CloseableStack stack) {
    this.config = config;
    this.metrics = metrics;
    Duration longestWait = StreamsSettings.longestWait(config.kafka());
    registryRetry = DependencyRetry.ofRegistry(longestWait, closing, metrics);
    storeRetry = DependencyRetry.ofStore(longestWait, closing, metrics);
    Optional<RecentImageStore> store =
        policy.mixesImages() ? Optional.of(recentImageStore()) : Optional.empty();
    AugmenterSerdes serdes = stack.push(AugmenterSerdes.of(config.kafka(), registry));
    ObjectPrefetcher objects =
        stack.push(
            new ObjectPrefetcher(
                config.fetch(),
                sources.apply(config.fetch()),
                record -> reference(serdes, record),
                new ResultWait(longestWait.dividedBy(FETCH_WAITS), closing),
                fetchMetrics(registry)));
    RecordAugmenterFactory augmenters =
        new RecordAugmenterFactory(
            policy,
            config.maxPixels(),
            serdes,
            objects,
            registryRetry,
            storeRetry,
            config.topics().views(),
            limit(config.topics().views()),
            clock);
    this.streams = streams(augmenters, objects, store, registry);
    stack.push(this::closeStreams);
    stack.push(new KafkaStreamsMetrics(streams)).bindTo(registry);
    this.brokers = stack.push(new BrokerProbe(config.kafka()));
  }

  KafkaStreams streams() {
    return streams;
  }

  /** Whether the broker, the registry and the stores of objects answer. */
  List<Check> checks() {
    boolean isReachable = brokers.reachable();
    return List.of(
        Check.readiness("broker", isReachable, isReachable ? "answers" : "does not answer"),
        check("registry", registryRetry),
        check("store", storeRetry));
  }

  private static Check check(String name, DependencyRetry retry) {
    boolean isWaiting = retry.isWaiting();
    return Check.readiness(name, !isWaiting, isWaiting ? "unavailable" : "available");
  }

  private static Optional<ObjectReference> reference(
      AugmenterSerdes serdes, ConsumerRecord<byte[], byte[]> record) {
    return ObjectReferenceMapper.toReference(
        serdes.images().deserialize(record.topic(), record.headers(), record.value()));
  }

  private static FetchMetrics fetchMetrics(MeterRegistry registry) {
    return FailSafeMetrics.of(
        FetchMetrics.class,
        new MicrometerFetchMetrics(
            registry, Stream.of(ObjectRejection.values()).map(ObjectRejection::tag).toList()));
  }

  private RecentImageStore recentImageStore() {
    int maxRecord = limit(StreamsSettings.changelogTopic(config.applicationId()));
    return RecentImageStore.of(RecentImageLimits.of(config.partners(), maxRecord), config.kafka());
  }

  private KafkaStreams streams(
      RecordAugmenterFactory augmenters,
      ObjectPrefetcher objects,
      Optional<RecentImageStore> store,
      MeterRegistry registry) {
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
                settings(objects, store.isPresent()),
                new OffsetCheckingClients()));
  }

  /** Nothing is fetched ahead where nothing is allowed: it would only read each record twice. */
  private Properties settings(ObjectPrefetcher objects, boolean stateful) {
    Properties settings = StreamsSettings.of(config, stateful);
    if (!config.fetch().allow().isEmpty()) {
      PrefetchInterceptor.settings(objects, StreamsSettings.interceptors(config.kafka()))
          .forEach((key, value) -> settings.put(StreamsConfig.mainConsumerPrefix(key), value));
    }
    return settings;
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
