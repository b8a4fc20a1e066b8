package io.stillstream.augmenter;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.source.ObjectSources;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.metrics.MicrometerAugmenterMetrics;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.topology.RecordAugmenter;
import io.stillstream.augmenter.topology.ShutdownState;
import io.stillstream.augmenter.topology.StreamThreadExceptionHandler;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.openlineage.StreamJob;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.runtime.service.Service;
import io.stillstream.runtime.startup.StartupWait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
  private static final Duration REPLACE_PAUSE = Duration.ofSeconds(1);

  private final AugmenterConfig config;
  private final MeterRegistry registry;
  private final StartupWait startup;
  private final AugmenterMetrics metrics;
  private final ShutdownState shutdown = new ShutdownState();
  private final Function<FetchSettings, ObjectSource> sources;
  private final AccessMonitor access;
  private final CloseableStack stack = new CloseableStack();

  /** Null before it runs. */
  private volatile AugmenterResources resources;

  /** Wires the service; nothing runs until {@link #start()}. */
  public AugmenterService(AugmenterConfig config, MeterRegistry registry) {
    this(config, registry, config.start().maxWait());
  }

  /**
   * @param startTimeout how long the start waits for the broker and the topics
   */
  AugmenterService(AugmenterConfig config, MeterRegistry registry, Duration startTimeout) {
    this(config, registry, startTimeout, ObjectSources::open);
  }

  /**
   * @param sources opens what objects are read from
   */
  AugmenterService(
      AugmenterConfig config,
      MeterRegistry registry,
      Duration startTimeout,
      Function<FetchSettings, ObjectSource> sources) {
    this.config = config;
    this.sources = sources;
    this.registry = registry;
    this.startup = StartupWait.of(startTimeout);
    metrics =
        FailSafeMetrics.of(
            AugmenterMetrics.class,
            new MicrometerAugmenterMetrics(registry, RecordAugmenter.reasons()));
    access = new AccessMonitor(config.kafka(), config.requiredAcls());
  }

  @Override
  public void start() {
    stack.begin();
    try {
      Policy policy = Policy.parse(config.policy());
      AccessCheck.require(config.kafka(), config.topicsByKey(), config.requiredAcls(), startup);
      stack.requireOpen();
      AugmenterResources opened =
          new AugmenterResources(
              config, policy, registry, metrics, shutdown.closing(), sources, stack);
      stopOnFailure(opened.streams());
      stack.push(access);
      // The resources close Kafka Streams.
      stack.complete(() -> {}, () -> run(opened));
      LOG.atInfo()
          .addKeyValue("policy.hash", policy.hash())
          .addKeyValue("policy", policy.canonicalJson())
          .log("augmenting");
    } catch (RuntimeException | Error e) {
      stack.abandon();
      shutdown.endClose();
      throw e;
    }
  }

  private void run(AugmenterResources opened) {
    access.start();
    opened.streams().start();
    resources = opened;
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

  @Override
  public Health health() {
    AugmenterResources now = resources;
    if (now == null) {
      return startup.addTo(Health.of(Check.readiness("streams", false, "not started")));
    }
    State state = now.streams().state();
    List<Check> checks =
        new ArrayList<>(
            List.of(
                Check.liveness(
                    "alive",
                    shutdown.fatalError().isEmpty(),
                    shutdown.fatalError().map(error -> "failed: " + error).orElse("runs")),
                Check.readiness("streams", state == State.RUNNING, state.toString()),
                access.check()));
    checks.addAll(now.checks());
    return new Health(checks);
  }

  @Override
  public Optional<StreamJob> job() {
    return config
        .openlineage()
        .map(
            settings ->
                new StreamJob(
                    settings,
                    config.kafka(),
                    config.applicationId(),
                    List.of(config.topics().images()),
                    List.of(config.topics().views(), config.topics().deadLetters()),
                    List::of));
  }

  @Override
  public void awaitStop() throws InterruptedException {
    shutdown.awaitStop();
  }

  /**
   * During {@link #start} this only requests a stop: start closes what it has opened and throws.
   */
  @Override
  public void close() {
    shutdown.beginClose();
    startup.cancel();
    if (stack.close()) {
      shutdown.endClose();
    }
  }
}
