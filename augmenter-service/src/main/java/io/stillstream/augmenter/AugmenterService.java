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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of the augmenter: Kafka Streams with its checks at the start, its health and its end.
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
  private final RegistryRetry patience;
  private final AccessMonitor access;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Object lifecycle = new Object();
  private final AtomicReference<Throwable> fatalError = new AtomicReference<>();
  private volatile AugmenterResources running;
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
    patience = new RegistryRetry(StreamsSettings.registryWait(config.kafka()), closing, metrics);
  }

  @Override
  public void start() {
    Policy policy = Policy.parse(config.policy());
    KafkaSettings.requireBroker(config.kafka(), startTimeout);
    AccessCheck.require(config.kafka(), config.topicsByKey(), config.requiredAcls(), startTimeout);
    Optional<RecentImageStore> store =
        policy.mixesImages() ? Optional.of(partnerStore()) : Optional.empty();
    RecordAugmenterFactory converters =
        new RecordAugmenterFactory(
            policy,
            config.maxPixels(),
            config.kafka(),
            registry,
            patience,
            config.topics().views(),
            limit(config.topics().views()),
            clock);
    DeadLetterFactory deadLetters =
        new DeadLetterFactory(
                config.topics().deadLetters(), NAME, registry, limit(config.topics().deadLetters()))
            .preregister(RecordAugmenter.reasons());
    KafkaStreams streams =
        KafkaSettings.client(
            () ->
                new KafkaStreams(
                    AugmenterTopology.of(
                        config.topics(),
                        converters,
                        store,
                        deadLetters,
                        new UnexpectedFailurePolicy(config.maxConsecutiveFailures()),
                        metrics,
                        clock),
                    StreamsSettings.of(config, policy.mixesImages())));
    streams.setUncaughtExceptionHandler(
        new StreamThreadExceptionHandler(closing, REPLACE_PAUSE, access, this::fail));
    streams.setStateListener(
        (now, before) -> {
          if (now == State.ERROR) {
            fail(new IllegalStateException("Kafka Streams went from " + before + " to " + now));
          }
        });
    KafkaStreamsMetrics streamsMetrics = new KafkaStreamsMetrics(streams);
    streamsMetrics.bindTo(registry);
    run(
        new AugmenterResources(
            converters,
            streams,
            streamsMetrics,
            new BrokerProbe(config.kafka()),
            StreamsSettings.isStaticMember(config.kafka())));
    LOG.atInfo()
        .addKeyValue("policy.hash", policy.hash())
        .addKeyValue("policy", policy.canonicalJson())
        .log("augmenting");
  }

  private RecentImageStore partnerStore() {
    int maxRecord = limit(StreamsSettings.changelogTopic(config.applicationId()));
    return RecentImageStore.of(RecentImageLimits.of(config.partners(), maxRecord), config.kafka());
  }

  /** Either a close that has come already is seen here, or one that comes now sees all of this. */
  private void run(AugmenterResources made) {
    synchronized (lifecycle) {
      if (!closed) {
        running = made;
        access.start();
        made.streams().start();
        return;
      }
    }
    made.close();
    throw new StartupException("stopped while starting");
  }

  @Override
  public Health health() {
    AugmenterResources now = running;
    if (now == null) {
      return Health.of(Check.readiness("streams", false, "not started"));
    }
    State state = now.streams().state();
    return Health.of(
        Check.liveness(
            "alive",
            fatalError.get() == null,
            fatalError.get() == null ? "runs" : "fail: " + fatalError.get()),
        Check.readiness("streams", state == State.RUNNING, state.toString()),
        Check.readiness(
            "broker", now.brokers().reachable(), now.brokers().reachable() ? "answers" : "silent"),
        access.check(),
        Check.readiness(
            "registry", !patience.isWaiting(), patience.isWaiting() ? "awaited" : "not missed"));
  }

  @Override
  public void awaitStop() throws InterruptedException {
    stopped.await();
    Throwable cause = fatalError.get();
    if (cause != null) {
      throw new IllegalStateException("stream processing failed: " + innermost(cause), cause);
    }
  }

  @Override
  public void close() {
    AugmenterResources now;
    synchronized (lifecycle) {
      if (closed) {
        return;
      }
      closed = true;
      now = running;
    }
    closing.countDown();
    access.close();
    if (now != null) {
      now.close();
    }
    stopped.countDown();
  }

  /** Largest record that can be sent there, bytes. */
  private int limit(String topic) {
    return MaxRecordSize.of(topic, config.kafka(), StreamsSettings.maxRequestSize(config.kafka()));
  }

  private void fail(Throwable cause) {
    if (closing.getCount() > 0 && fatalError.compareAndSet(null, cause)) {
      stopped.countDown();
    }
  }

  private static String innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }
}
