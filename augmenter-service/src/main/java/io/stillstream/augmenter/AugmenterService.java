package io.stillstream.augmenter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.config.StreamsSettings;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.augmenter.topology.BrokerProbe;
import io.stillstream.augmenter.topology.RecordAugmenter;
import io.stillstream.augmenter.topology.RecordAugmenterFactory;
import io.stillstream.augmenter.topology.RegistryRetry;
import io.stillstream.augmenter.topology.ShutdownState;
import io.stillstream.augmenter.topology.StreamThreadExceptionHandler;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.MaxRecordSize;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.service.Service;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lifecycle of the augmenter: checks at the start, Kafka Streams with its resources, health and
 * shutdown.
 */
public final class AugmenterService implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(AugmenterService.class);
  private static final String NAME = "augmenter";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration REPLACE_PAUSE = Duration.ofSeconds(1);

  private final AugmenterConfig config;
  private final MeterRegistry registry;
  private final Duration startTimeout;
  private final Clock clock = Clock.systemUTC();
  private final AugmenterMetrics metrics;
  private final ShutdownState shutdown = new ShutdownState();
  private final RegistryRetry registryRetry;
  private final AccessMonitor access;
  private final Object lifecycle = new Object();
  private volatile AugmenterResources resources;
  private boolean closed; // guarded by lifecycle

  /** Wires the service; nothing runs until {@link #start()}. */
  public AugmenterService(AugmenterConfig config, MeterRegistry registry) {
    this(config, registry, START_TIMEOUT);
  }

  /**
   * @param startTimeout how long the start waits for the broker, and then for the topics
   */
  AugmenterService(AugmenterConfig config, MeterRegistry registry, Duration startTimeout) {
    this.config = config;
    this.registry = registry;
    this.startTimeout = startTimeout;
    metrics =
        FailSafeMetrics.of(
            AugmenterMetrics.class,
            new MicrometerAugmenterMetrics(registry, RecordAugmenter.reasons()));
    access = new AccessMonitor(config.kafka(), config.requiredAcls());
    registryRetry =
        new RegistryRetry(
            StreamsSettings.registryWait(config.kafka()), shutdown.closing(), metrics);
  }

  @Override
  public void start() {
    Policy policy = Policy.parse(config.policy());
    KafkaSettings.requireBroker(config.kafka(), startTimeout);
    AccessCheck.require(config.kafka(), config.topicsByKey(), config.requiredAcls(), startTimeout);
    Optional<RecentImageStore> store =
        policy.mixesImages() ? Optional.of(recentImageStore()) : Optional.empty();
    RecordAugmenterFactory augmenters = augmenters(policy);
    KafkaStreams streams = streams(augmenters, store);
    stopOnFailure(streams);
    run(open(augmenters, streams));
    LOG.atInfo()
        .addKeyValue("policy.hash", policy.hash())
        .addKeyValue("policy", policy.canonicalJson())
        .log("augmenting");
  }

  private RecentImageStore recentImageStore() {
    int maxRecord = limit(StreamsSettings.changelogTopic(config.applicationId()));
    return RecentImageStore.of(RecentImageLimits.of(config.partners(), maxRecord), config.kafka());
  }

  private RecordAugmenterFactory augmenters(Policy policy) {
    return new RecordAugmenterFactory(
        policy,
        config.maxPixels(),
        config.kafka(),
        registry,
        registryRetry,
        config.topics().views(),
        limit(config.topics().views()),
        clock);
  }

  private KafkaStreams streams(
      RecordAugmenterFactory augmenters, Optional<RecentImageStore> store) {
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

  private void stopOnFailure(KafkaStreams streams) {
    streams.setUncaughtExceptionHandler(
        new StreamThreadExceptionHandler(
            shutdown.closing(), REPLACE_PAUSE, access, shutdown::fail));
    streams.setStateListener(
        (now, before) -> {
          if (now == State.ERROR) {
            shutdown.fail(
                new IllegalStateException("Kafka Streams went from " + before + " to " + now));
          }
        });
  }

  private AugmenterResources open(RecordAugmenterFactory augmenters, KafkaStreams streams) {
    KafkaStreamsMetrics streamsMetrics = new KafkaStreamsMetrics(streams);
    streamsMetrics.bindTo(registry);
    return new AugmenterResources(
        augmenters,
        streams,
        streamsMetrics,
        new BrokerProbe(config.kafka()),
        StreamsSettings.isStaticMember(config.kafka()));
  }

  /** Starts, or closes at once if the service was closed meanwhile. */
  private void run(AugmenterResources opened) {
    synchronized (lifecycle) {
      if (!closed) {
        resources = opened;
        access.start();
        opened.streams().start();
        return;
      }
    }
    opened.close();
    throw new StartupException("stopped while starting");
  }

  @Override
  public Health health() {
    AugmenterResources now = resources;
    if (now == null) {
      return Health.of(Check.readiness("streams", false, "not started"));
    }
    State state = now.streams().state();
    boolean brokers = now.brokers().reachable();
    boolean waiting = registryRetry.isWaiting();
    return Health.of(
        Check.liveness(
            "alive",
            shutdown.fatalError().isEmpty(),
            shutdown.fatalError().map(error -> "failed: " + error).orElse("runs")),
        Check.readiness("streams", state == State.RUNNING, state.toString()),
        Check.readiness("broker", brokers, brokers ? "answers" : "does not answer"),
        access.check(),
        Check.readiness("registry", !waiting, waiting ? "unavailable" : "available"));
  }

  @Override
  public void awaitStop() throws InterruptedException {
    shutdown.awaitStop();
  }

  @Override
  public void close() {
    AugmenterResources opened;
    synchronized (lifecycle) {
      if (closed) {
        return;
      }
      closed = true;
      opened = resources;
    }
    shutdown.beginClose();
    access.close();
    if (opened != null) {
      opened.close();
    }
    shutdown.endClose();
  }

  /** Largest record that can be sent to a topic, bytes. */
  private int limit(String topic) {
    return MaxRecordSize.of(topic, config.kafka(), StreamsSettings.maxRequestSize(config.kafka()));
  }
}
