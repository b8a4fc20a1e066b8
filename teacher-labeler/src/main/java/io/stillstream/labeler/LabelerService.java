package io.stillstream.labeler;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.kafka.LabelerClientSettings;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.reload.TeacherEndpoints;
import io.stillstream.labeler.reload.TeacherReloader;
import io.stillstream.labeler.status.LabelerHealth;
import io.stillstream.labeler.torch.CustomOpLibraries;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.runtime.service.Service;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The labeler: reads {@code views}, runs the teacher, writes {@code labeled-views}, exactly once.
 */
public final class LabelerService implements Service {
  private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(15);

  private final LabelerConfig config;
  private final MeterRegistry registry;
  private final Duration brokerTimeout;
  private final TeacherLoader loader;

  private final CloseableStack stack = new CloseableStack();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile LabelerHealth health;

  /** Null before it runs. */
  private volatile TeacherReloader running;

  public LabelerService(LabelerConfig config, MeterRegistry registry) {
    this(config, registry, BROKER_TIMEOUT, engines(config));
  }

  /** For tests, which bring their own teachers and wait less for an absent broker. */
  LabelerService(
      LabelerConfig config, MeterRegistry registry, Duration brokerTimeout, TeacherLoader loader) {
    this.config = config;
    this.registry = registry;
    this.brokerTimeout = brokerTimeout;
    this.loader = loader;
  }

  @Override
  public void start() {
    stack.begin();
    try {
      LabelerClientSettings clients = new LabelerClientSettings(config);
      KafkaSettings.requireBroker(config.kafka(), brokerTimeout);
      AccessCheck.require(
          config.kafka(), config.topicsInUse(), config.requiredAcls(), brokerTimeout);
      stack.requireOpen();
      TorchScriptModel.useThreads(config.threads());
      CustomOpLibraries.load(config.libraries());
      run(new LabelerResources(config, clients, registry, loader, stack));
    } catch (RuntimeException | Error e) {
      boolean stopped = stack.abandon();
      ended.complete(null);
      if (stopped && e instanceof RuntimeException) {
        throw new StartupException(CloseableStack.STOPPED, e);
      }
      throw e;
    }
  }

  @Override
  public Health health() {
    LabelerHealth known = health;
    return known == null
        ? Health.of(Check.readiness("loop", false, "not started"))
        : known.health();
  }

  @Override
  public List<HttpEndpoint> endpoints() {
    return new TeacherEndpoints(() -> running).all();
  }

  @Override
  public void awaitStop() throws InterruptedException {
    try {
      ended.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "labelling stopped for good: " + e.getCause().getMessage(), e.getCause());
    }
  }

  /**
   * During {@link #start} this only requests a stop: start closes what it has opened and throws.
   */
  @Override
  public void close() {
    if (stack.close()) {
      ended.complete(null);
    }
  }

  private void run(LabelerResources resources) {
    health = resources.health(() -> !ended.isDone());
    resources.access().start();
    LabelerLoop loop = resources.loop();
    Thread thread = new Thread(() -> run(loop), "labeler");
    stack.complete(
        () -> {
          loop.stop();
          thread.join();
        },
        () -> startThreads(thread, resources.reloader()));
  }

  private void run(LabelerLoop loop) {
    try {
      loop.run();
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private void startThreads(Thread thread, TeacherReloader reloader) {
    thread.start();
    if (!config.reload().every().isZero()) {
      reloader.pollEvery(config.reload().every());
    }
    running = reloader;
  }

  private static TeacherLoader engines(LabelerConfig config) {
    return new EngineTeacherLoader(
        config.devices(),
        config.streamsPerDevice(),
        config.threads(),
        config.batch().sizes().warmUpSizes());
  }
}
