package io.stillstream.student;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.Health;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.Service;
import io.stillstream.runtime.StartupException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains a student from labelled views for as long as it is not closed. */
public final class TrainerService implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final TrainerConfig config;
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Progress progress = new Progress();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CompletableFuture<Workshop> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private Thread thread;

  public TrainerService(TrainerConfig config, MeterRegistry registry) {
    this(config, registry, InstantSource.system());
  }

  TrainerService(TrainerConfig config, MeterRegistry registry, InstantSource clock) {
    this.config = config;
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public void start() {
    ModelSpec model = ModelSpec.load(config.student(), "student");
    KafkaSettings.requireBroker(config.kafka(), PATIENCE);
    KafkaSettings.requireTopics(
        config.kafka(),
        Map.of(
            "labeled-views", config.topics().labeledViews(),
            "student-releases", config.topics().studentReleases(),
            "student-progress", config.topics().studentProgress(),
            "dead-letters", config.topics().deadLetters()),
        PATIENCE);
    // Tensors belong to the thread that trains, so that thread opens everything, too.
    thread = new Thread(() -> work(model), "trainer");
    thread.start();
    try {
      opened.get();
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

  private void work(ModelSpec model) {
    try (Workshop workshop = Workshop.open(config, model, registry, progress, stopping, clock)) {
      progress.turn(System.nanoTime());
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
    Workshop workshop = opened.isCompletedExceptionally() ? null : opened.getNow(null);
    return new TrainerHealth(
            progress,
            () -> !opened.isDone(),
            () -> workshop != null && !ended.isDone(),
            () -> workshop != null && workshop.isConnected(),
            () -> workshop != null && workshop.registryAnswers(),
            System::nanoTime)
        .health();
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
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Optimiser steps over the whole life of the student. */
  public long steps() {
    return progress.steps();
  }

  /** Fresh views trained on over the whole life of the student: counted, each once. */
  public long viewsSeen() {
    return progress.viewsSeen();
  }

  /** Version of the newest release, 0 before the first. */
  public long releaseVersion() {
    return progress.releaseVersion();
  }

  /** The link to the newest release's directory; it does not exist before the first. */
  public Path currentRelease() {
    return config.directory().resolve(Workshop.RELEASES).resolve("current");
  }

  /** Whether it went on from a checkpoint. */
  public boolean resumed() {
    return progress.isResumed();
  }
}
