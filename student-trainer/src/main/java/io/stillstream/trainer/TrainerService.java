package io.stillstream.trainer;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.kafka.BrokerCheck;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.service.Service;
import io.stillstream.runtime.service.UninterruptibleJoin;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.config.TrainerTopics;
import io.stillstream.trainer.files.DirectoryCheck;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.loop.LoopControl;
import io.stillstream.trainer.metrics.MicrometerPredictionMetrics;
import io.stillstream.trainer.metrics.StudentMeters;
import io.stillstream.trainer.predict.ChampionPredictor;
import io.stillstream.trainer.predict.PredictEndpoint;
import io.stillstream.trainer.predict.PredictionMetrics;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.resources.StorageResources;
import io.stillstream.trainer.resources.TrainerContext;
import io.stillstream.trainer.status.LoopMonitor;
import io.stillstream.trainer.status.MissingRelease;
import io.stillstream.trainer.status.TrainerEndpoints;
import io.stillstream.trainer.status.TrainerHealth;
import io.stillstream.trainer.status.TrainerHealth.Connections;
import io.stillstream.trainer.status.TrainerHealth.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains a student from labelled views for as long as it is not closed. */
public final class TrainerService implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
  private static final Duration CHAMPION_POLL = Duration.ofSeconds(1);

  private final TrainerConfig config;
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final LoopMonitor monitor = LoopMonitor.create(System::nanoTime);
  private final StartupWait startup;
  private final AccessMonitor access;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CompletableFuture<TrainerResources> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final ChampionPredictor predictor;
  private final PromotionRequests promotions = new PromotionRequests();
  private final TrainerEndpoints endpoints;
  private Thread thread;

  /** Counts nothing before the name of the student is known. */
  private volatile PredictionMetrics predictions = (outcome, took) -> {};

  public TrainerService(TrainerConfig config, MeterRegistry registry) {
    this(config, registry, InstantSource.system());
  }

  TrainerService(TrainerConfig config, MeterRegistry registry, InstantSource clock) {
    this.config = config;
    this.registry = registry;
    this.clock = clock;
    this.startup = StartupWait.of(config.start());
    this.access = new AccessMonitor(config.kafka(), config.privileges());
    ReleaseStore store =
        new ReleaseStore(config.directory().resolve(StorageResources.RELEASES), new DurableFiles());
    this.predictor =
        new ChampionPredictor(store, config.threads(), config.predict().maxPixels(), CHAMPION_POLL);
    this.endpoints = new TrainerEndpoints(config, monitor, store, promotions, registry);
  }

  @Override
  public void start() {
    ModelSpec model = ModelSpec.load(config.student(), "student");
    MeterRegistry meters = StudentMeters.of(registry, model.name());
    predictions = new MicrometerPredictionMetrics(meters);
    DirectoryCheck.require(config.directory(), StorageResources.FOLDERS);
    AccessCheck.require(config.kafka(), topics(), config.privileges(), startup);
    config
        .evaluation()
        .heldOutTopic()
        .ifPresent(
            topic -> BrokerCheck.requireTopics(config.kafka(), Map.of("held-out", topic), startup));
    access.start();
    // Tensors belong to the thread that trains, so that thread also opens everything.
    thread = new Thread(() -> work(model, meters), "trainer");
    thread.start();
    try {
      opened.get();
      // After the library has been loaded by the thread that trains.
      predictor.start();
      endpoints.begin(model);
    } catch (ExecutionException e) {
      close();
      if (e.getCause() instanceof StartupException cause) {
        throw cause;
      }
      throw new StartupException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new StartupException("interrupted while starting", e);
    }
  }

  private Map<String, String> topics() {
    TrainerTopics names = config.topics();
    Map<String, String> topics = new TreeMap<>();
    if (config.review().isEnabled()) {
      topics.put("review-requests", names.reviewRequests());
    }
    topics.putAll(fixedTopics(names));
    return topics;
  }

  private Map<String, String> fixedTopics(TrainerTopics names) {
    return Map.of(
        config.input() == Input.VIEWS ? "views" : "labeled-views",
        config.source(),
        "student-releases",
        names.studentReleases(),
        "student-progress",
        names.studentProgress(),
        "student-events",
        names.studentEvents(),
        "dead-letters",
        names.deadLetters());
  }

  private void work(ModelSpec model, MeterRegistry meters) {
    try (TrainerResources resources =
        TrainerResources.open(
            new TrainerContext(config, model, meters, promotions, clock, startup),
            monitor,
            new LoopControl(access, stopping),
            stopping)) {
      monitor.heartbeat().beat();
      opened.complete(resources);
      resources.loop().run();
      ended.complete(null);
    } catch (Throwable e) {
      // Other threads wait for one of these futures.
      if (!opened.completeExceptionally(e)) {
        LOG.atError().addKeyValue("cause", e.toString()).log("Trainer died");
      }
      ended.completeExceptionally(e);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public Health health() {
    TrainerResources resources = opened.isCompletedExceptionally() ? null : opened.getNow(null);
    boolean isOpen = resources != null;
    return startup.addTo(
        new TrainerHealth(
                monitor.status().get(),
                monitor.heartbeat().age(),
                config.health().maxStall(),
                isOpen && !ended.isDone()
                    ? Phase.RUNNING
                    : isOpen || opened.isDone() ? Phase.ENDED : Phase.STARTING,
                new Connections(
                    isOpen && resources.isConnected(),
                    access.check(),
                    isOpen && resources.registryAnswers()),
                isOpen ? resources.checkpointFailure() : Optional.empty(),
                isOpen ? resources.releaseRefusal() : Optional.empty(),
                isOpen ? resources.unpublished() : Optional.empty(),
                isOpen ? resources.replica().statusText() : Optional.empty())
            .health());
  }

  @Override
  public List<HttpEndpoint> endpoints() {
    PredictionMetrics meters = (outcome, took) -> predictions.answered(outcome, took);
    HttpEndpoint predict =
        new PredictEndpoint(
                predictor,
                meters,
                System::nanoTime,
                () -> MissingRelease.reason(monitor.status().get(), config))
            .endpoint(config.predict().maxBytes());
    return Stream.concat(Stream.of(predict), endpoints.all().stream()).toList();
  }

  @Override
  public void awaitStop() throws InterruptedException {
    try {
      ended.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the trainer died: " + e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public void close() {
    stopping.countDown();
    startup.cancel();
    access.close();
    if (thread != null) {
      UninterruptibleJoin.join(thread);
    }
    predictor.close();
  }

  /** Optimiser steps over the whole life of the student. */
  public long steps() {
    return monitor.status().get().steps();
  }

  /** Fresh views trained on over the whole life of the student: counted, each once. */
  public long viewsSeen() {
    return monitor.status().get().viewsSeen();
  }

  /** Version of the champion, 0 before the first release. */
  public long releaseVersion() {
    return monitor.status().get().releaseVersion();
  }

  /** The link to the champion's directory; it does not exist before the first release. */
  public Path currentRelease() {
    return config.directory().resolve(StorageResources.RELEASES).resolve("current");
  }

  /** Whether training continued from a checkpoint. */
  public boolean resumed() {
    return monitor.status().get().resumed();
  }
}
