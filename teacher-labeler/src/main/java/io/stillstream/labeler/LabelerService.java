package io.stillstream.labeler;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.kafka.LabelerClientSettings;
import io.stillstream.labeler.metrics.MicrometerRemoteTeacherMetrics;
import io.stillstream.labeler.metrics.RemoteTeacherMetrics;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherSource;
import io.stillstream.labeler.reload.ModelRepository;
import io.stillstream.labeler.reload.TeacherEndpoints;
import io.stillstream.labeler.reload.TeacherReloader;
import io.stillstream.labeler.remote.RemoteTeacherSource;
import io.stillstream.labeler.status.LabelerHealth;
import io.stillstream.labeler.torch.CustomOpLibraries;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.openlineage.LineageDataset;
import io.stillstream.runtime.openlineage.StreamJob;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.runtime.service.Service;
import io.stillstream.runtime.startup.StartupWait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * The labeler: reads {@code views}, runs the teacher, writes {@code labeled-views}, exactly once.
 */
public final class LabelerService implements Service {
  private final LabelerConfig config;
  private final MeterRegistry registry;
  private final StartupWait startup;
  private final TeacherLoader loader;

  private final CloseableStack stack = new CloseableStack();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile LabelerHealth health;

  /** The teachers' sources once it starts. */
  private volatile List<TeacherReloader.Entry> teachers = List.of();

  /** Null before it runs. */
  private volatile TeacherReloader running;

  public LabelerService(LabelerConfig config, MeterRegistry registry) {
    this(config, registry, config.start().maxWait(), engines(config));
  }

  /** For tests, which bring their own teachers and wait less for an absent broker. */
  LabelerService(
      LabelerConfig config, MeterRegistry registry, Duration brokerTimeout, TeacherLoader loader) {
    this.config = config;
    this.registry = registry;
    this.startup = StartupWait.of(brokerTimeout);
    this.loader = loader;
  }

  @Override
  public void start() {
    stack.begin();
    try {
      LabelerClientSettings clients = new LabelerClientSettings(config);
      AccessCheck.require(config.kafka(), config.topicsInUse(), config.requiredAcls(), startup);
      stack.requireOpen();
      TorchScriptModel.useThreads(config.threads());
      CustomOpLibraries.load(config.libraries());
      teachers = sources();
      run(new LabelerResources(config, clients, registry, loader, teachers, stack));
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
    return known == null ? startup.addTo(starting()) : known.health();
  }

  @Override
  public List<HttpEndpoint> endpoints() {
    return new TeacherEndpoints(() -> running).all();
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
                    config.groupId(),
                    List.of(config.topics().views()),
                    List.of(config.topics().labeledViews(), config.topics().deadLetters()),
                    () -> models(settings.namespace())));
  }

  private List<LineageDataset> models(String namespace) {
    TeacherReloader reloader = running;
    return reloader == null
        ? List.of()
        : reloader.active().stream().map(teacher -> model(namespace, teacher)).toList();
  }

  private static LineageDataset model(String namespace, TeacherModel.Identity teacher) {
    return LineageDataset.model(
        namespace, teacher.name(), teacher.version(), teacher.sha256(), Optional.empty());
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
    startup.cancel();
    if (stack.close()) {
      ended.complete(null);
    }
  }

  /** It starts for as long as a teacher's server is away. */
  private Health starting() {
    return new Health(
        Stream.concat(
                Stream.of(Check.readiness("loop", false, "not started")),
                teachers.stream()
                    .flatMap(teacher -> teacher.source().problem().stream())
                    .limit(1)
                    .map(problem -> Check.readiness("teacher", false, problem)))
            .toList());
  }

  private List<TeacherReloader.Entry> sources() {
    List<TeacherReloader.Entry> sources = new ArrayList<>();
    RemoteTeacherMetrics metrics =
        FailSafeMetrics.of(
            RemoteTeacherMetrics.class, new MicrometerRemoteTeacherMetrics(registry));
    try {
      for (TeacherSettings teacher : config.entries()) {
        TeacherSource source =
            teacher
                .remote()
                .<TeacherSource>map(
                    remote ->
                        new RemoteTeacherSource(
                            remote,
                            config.batch().sizes().warmUpSizes(),
                            metrics,
                            System::nanoTime))
                .orElseGet(() -> new ModelRepository(teacher.path()));
        sources.add(new TeacherReloader.Entry(source, teacher.weight()));
      }
    } catch (StartupException e) {
      sources.forEach(opened -> opened.source().close());
      String key = config.teachers().isEmpty() ? "teacher" : "teachers[" + sources.size() + "]";
      throw new StartupException(key + "." + e.getMessage(), e);
    }
    return sources;
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
    reloader.pollEvery(config.reload().every());
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
