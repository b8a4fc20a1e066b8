package io.stillstream.trainer;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.page.LivePage;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.http.WebContent;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.service.Service;
import io.stillstream.runtime.service.UninterruptibleJoin;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.files.DirectoryCheck;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.metrics.MicrometerPredictionMetrics;
import io.stillstream.trainer.predict.ChampionPredictor;
import io.stillstream.trainer.predict.PredictEndpoint;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.status.DashboardData;
import io.stillstream.trainer.status.ReleaseList;
import io.stillstream.trainer.status.TrainerHealth;
import io.stillstream.trainer.status.TrainerStatus;
import io.stillstream.trainer.trace.ImageTraceBuilder;
import io.stillstream.trainer.trace.ImageTraceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains a student from labelled views for as long as it is not closed. */
public final class TrainerService implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How far back the page looks for the story of an image. */
  private static final ImageTraceSettings.Search SEARCH =
      new ImageTraceSettings.Search(200_000, Duration.ofSeconds(20));

  private final TrainerConfig config;
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final TrainerStatus progress = new TrainerStatus(System::nanoTime);
  private final AccessMonitor access;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CompletableFuture<TrainerResources> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final ChampionPredictor predictor;
  private final DashboardData shown;
  private final Optional<LivePage> page;
  private Thread thread;

  public TrainerService(TrainerConfig config, MeterRegistry registry) {
    this(config, registry, InstantSource.system());
  }

  TrainerService(TrainerConfig config, MeterRegistry registry, InstantSource clock) {
    this.config = config;
    this.registry = registry;
    this.clock = clock;
    this.access = new AccessMonitor(config.kafka(), config.privileges());
    ReleaseStore store =
        new ReleaseStore(config.directory().resolve(TrainerResources.RELEASES), new DurableFiles());
    this.predictor =
        new ChampionPredictor(store, config.threads(), config.predict().maxPixels(), LOOK);
    this.shown = new DashboardData(progress, predictor, new ReleaseList(store), registry);
    this.page = config.page().enabled() ? Optional.of(page()) : Optional.empty();
  }

  private LivePage page() {
    return new LivePage(
        config.page(),
        config.kafka(),
        config.pageTopics(),
        shown,
        Optional.of(this::trace),
        registry);
  }

  private Optional<Object> trace(String imageId) {
    String images = config.topics().images();
    return new ImageTraceBuilder(config.trace(images, shown.classes(), SEARCH))
        .trace(imageId)
        .map(Object.class::cast);
  }

  @Override
  public void start() {
    ModelSpec model = ModelSpec.load(config.student(), "student");
    DirectoryCheck.require(
        config.directory(), List.of(TrainerResources.CHECKPOINTS, TrainerResources.RELEASES));
    KafkaSettings.requireBroker(config.kafka(), PATIENCE);
    AccessCheck.require(config.kafka(), topics(), config.privileges(), PATIENCE);
    config
        .evaluation()
        .heldOutTopic()
        .ifPresent(
            topic ->
                KafkaSettings.requireTopics(config.kafka(), Map.of("held-out", topic), PATIENCE));
    access.start();
    // Tensors belong to the thread that trains, so that thread opens everything, too.
    thread = new Thread(() -> work(model), "trainer");
    thread.start();
    try {
      opened.get();
      // After the library has been loaded by the thread that trains.
      predictor.start();
      shown.began(model);
      page.ifPresent(LivePage::start);
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
    TrainerConfig.TopicNames names = config.topics();
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

  private void work(ModelSpec model) {
    try (TrainerResources workshop =
        TrainerResources.open(config, model, registry, progress, access, stopping, clock)) {
      progress.heartbeat();
      opened.complete(workshop);
      workshop.loop().run();
      ended.complete(null);
    } catch (Throwable e) {
      // Whatever it is, somebody waits for either of these to be told.
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
    TrainerResources workshop = opened.isCompletedExceptionally() ? null : opened.getNow(null);
    return new TrainerHealth(
            progress,
            config.health().maxStall(),
            () -> !opened.isDone(),
            () -> workshop != null && !ended.isDone(),
            () -> workshop != null && workshop.isConnected(),
            access::check,
            () -> workshop != null && workshop.registryAnswers(),
            () -> workshop == null ? Optional.empty() : workshop.copies().statusText(),
            () -> workshop == null ? Optional.empty() : workshop.unpublished())
        .health();
  }

  @Override
  public List<HttpEndpoint> endpoints() {
    MicrometerPredictionMetrics meters = new MicrometerPredictionMetrics(registry);
    List<HttpEndpoint> endpoints = new ArrayList<>();
    endpoints.add(
        new PredictEndpoint(predictor, meters, System::nanoTime)
            .endpoint(config.predict().maxBytes()));
    page.ifPresent(shownPage -> endpoints.addAll(shownPage.endpoints()));
    return endpoints;
  }

  @Override
  public WebContent site() {
    return page.map(LivePage::site).orElse(WebContent.NONE);
  }

  /**
   * Lets the page, if there is one, tell of a playground for policies that somebody else serves.
   */
  public void announcePlayground() {
    page.ifPresent(LivePage::announcePlayground);
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
    page.ifPresent(LivePage::close);
    stopping.countDown();
    access.close();
    if (thread != null) {
      UninterruptibleJoin.join(thread);
    }
    predictor.close();
  }

  /** Optimiser steps over the whole life of the student. */
  public long steps() {
    return progress.steps();
  }

  /** Fresh views trained on over the whole life of the student: counted, each once. */
  public long viewsSeen() {
    return progress.viewsSeen();
  }

  /** Version of the champion, 0 before the first release. */
  public long releaseVersion() {
    return progress.releaseVersion();
  }

  /** The link to the champion's directory; it does not exist before the first release. */
  public Path currentRelease() {
    return config.directory().resolve(TrainerResources.RELEASES).resolve("current");
  }

  /** Whether it went on from a checkpoint. */
  public boolean resumed() {
    return progress.isResumed();
  }
}
