package io.stillstream.labeler;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.labeler.batching.DeviceBatchLimits;
import io.stillstream.labeler.batching.DynamicBatcher;
import io.stillstream.labeler.budget.LabelBudget;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.inference.BatchInferencer;
import io.stillstream.labeler.inference.BrokenTeacherException;
import io.stillstream.labeler.inference.InferencePipeline;
import io.stillstream.labeler.inference.TeacherBatchLabeler;
import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.kafka.LabelerClientSettings;
import io.stillstream.labeler.kafka.MeteredProducerFactory;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.metrics.MicrometerLabelerMetrics;
import io.stillstream.labeler.metrics.MicrometerTeacherPoolMetrics;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.output.CommitController;
import io.stillstream.labeler.output.LabeledViewWriter;
import io.stillstream.labeler.output.PendingCommit;
import io.stillstream.labeler.output.ResultEncoder;
import io.stillstream.labeler.output.TransactionalProducer;
import io.stillstream.labeler.output.TransactionalSink;
import io.stillstream.labeler.preprocess.ViewDecoder;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.progress.LabelBudgetProvider;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.reload.TeacherEndpoints;
import io.stillstream.labeler.reload.TeacherReloader;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.status.LabelerHealth;
import io.stillstream.labeler.status.LabelerStatus;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.labeler.teachers.TeacherPool;
import io.stillstream.labeler.torch.CustomOpLibraries;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.labeler.torch.TorchTeacherLoader;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.http.HttpEndpoint;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.kafka.MaxRecordSize;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.runtime.service.Service;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The labeler: reads {@code views}, asks the teacher, writes {@code labeled-views}, exactly once.
 */
public final class LabelerService implements Service {
  private static final Logger log = LoggerFactory.getLogger(LabelerService.class);
  private static final String NAME = "teacher-labeler";
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final LabelerConfig config;
  private final MeterRegistry registry;
  private final Duration patience;
  private final TeacherLoader loader;
  private final LongSupplier nanoTime = System::nanoTime;
  private final InstantSource clock = InstantSource.system();

  private final CloseableStack resources = new CloseableStack();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile LabelerHealth health;

  /** Null before it runs. */
  private volatile TeacherReloader running;

  public LabelerService(LabelerConfig config, MeterRegistry registry) {
    this(config, registry, PATIENCE, torch(config));
  }

  /** For tests, which bring their own teachers and have less patience with an absent broker. */
  LabelerService(
      LabelerConfig config, MeterRegistry registry, Duration patience, TeacherLoader loader) {
    this.config = config;
    this.registry = registry;
    this.patience = patience;
    this.loader = loader;
  }

  @Override
  public void start() {
    resources.begin();
    try {
      LabelerClientSettings clients = new LabelerClientSettings(config);
      KafkaSettings.requireBroker(config.kafka(), patience);
      AccessCheck.require(config.kafka(), config.topicsInUse(), config.requiredAcls(), patience);
      resources.requireOpen();
      TorchScriptModel.useThreads(config.threads());
      new CustomOpLibraries(config.libraries()).load();
      start(clients, teachers());
    } catch (RuntimeException | Error e) {
      boolean stopped = resources.abandon();
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

  /** While {@link #start} is under way it is told to stop, closes what it has made, and throws. */
  @Override
  public void close() {
    if (resources.close()) {
      ended.complete(null);
    }
  }

  private TeacherReloader teachers() {
    return resources.push(
        TeacherReloader.open(
            config.entries(),
            loader::load,
            new MicrometerTeacherPoolMetrics(registry),
            clock,
            nanoTime));
  }

  private void start(LabelerClientSettings clients, TeacherReloader reloads) {
    TeacherPool faculty = reloads.faculty();
    int lanes = lanes(faculty);
    LabelerMetrics metrics =
        FailSafeMetrics.of(
            LabelerMetrics.class,
            new MicrometerLabelerMetrics(registry, config.batch().maxSize() * (lanes + 3)));
    AccessMonitor access = resources.push(new AccessMonitor(config.kafka(), config.requiredAcls()));
    LabelerStatus state = new LabelerStatus(nanoTime, access::reportFailure);
    LabelBudgetProvider budgeting =
        resources.push(LabelBudgetProvider.open(config, clients, registry, clock));
    TeacherBatchLabeler labeling = labeling(clients, faculty, budgeting.budget(), metrics);
    InferencePipeline pipeline =
        resources.push(new InferencePipeline(labeling, config.decodeThreads(), lanes));
    BatchingConsumer intake = intake(clients);
    TransactionalSink delivery = delivery(clients, metrics);
    LabelerLoop loop =
        new LabelerLoop(
            config.topics().views(),
            intake,
            new CommitController(intake, delivery, state, metrics),
            pipeline,
            clients.keepAliveEvery(),
            state,
            metrics);
    health =
        new LabelerHealth(
            state,
            () -> !ended.isDone(),
            clients.maxPollInterval(),
            intake::secondsSinceHeartbeat,
            reloads::activeTeachers,
            access::check,
            budgeting::check);
    access.start();
    Thread thread = new Thread(() -> run(loop), "labeler");
    resources.complete(
        () -> {
          loop.stop();
          thread.join();
        },
        () -> startThreads(reloads, thread));
  }

  private TeacherBatchLabeler labeling(
      LabelerClientSettings clients,
      TeacherPool faculty,
      LabelBudget budget,
      LabelerMetrics metrics) {
    RecordValueDeserializer<AugmentedView> reader =
        resources.push(
            new RecordValueDeserializer<>(AugmentedView.class, clients.serde(), registry));
    RecordValueSerializer<LabeledView> writer =
        resources.push(new RecordValueSerializer<>(clients.serde(), registry));
    String labels = config.topics().labeledViews();
    String letters = config.topics().deadLetters();
    return new TeacherBatchLabeler(
        faculty,
        new ViewPreprocessor(budget, new ViewDecoder(reader)),
        new BatchInferencer(config.batch().sizes(), caps(metrics), metrics, nanoTime),
        new ResultEncoder(
            new LabeledViewWriter(writer, labels, limit(labels, clients), clock),
            new DeadLetterFactory(letters, NAME, registry, limit(letters, clients))
                .preregister(
                    Stream.of(ViewResult.Reason.values()).map(ViewResult.Reason::tag).toList())),
        new UnexpectedFailurePolicy(config.maxConsecutiveFailures(), BrokenTeacherException.class),
        resources.push(
            CrashQuarantine.open(config.stateDirectory(), config.transactionalId(), metrics)),
        () -> reader.registryKnows(config.topics().views()));
  }

  private BatchingConsumer intake(LabelerClientSettings clients) {
    Consumer<byte[], byte[]> consumer =
        // The loop closes it too, if it comes to run; a second time does nothing.
        resources.push(KafkaSettings.client(() -> new KafkaConsumer<>(clients.consumer())));
    resources.push(ServiceMetrics.bindKafka(consumer, registry));
    return new BatchingConsumer(
        consumer,
        new DynamicBatcher<>(config.batch().maxSize(), config.batch().maxDelay(), nanoTime));
  }

  private TransactionalSink delivery(LabelerClientSettings clients, LabelerMetrics metrics) {
    return new TransactionalSink(
        new TransactionalProducer(
            resources.push(new MeteredProducerFactory(clients.producer(), registry))),
        new PendingCommit(config.commitInterval(), nanoTime),
        metrics,
        clock);
  }

  private int limit(String topic, LabelerClientSettings clients) {
    return MaxRecordSize.of(topic, config.kafka(), clients.maxRequestSize());
  }

  private void run(LabelerLoop loop) {
    try {
      loop.run();
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private void startThreads(TeacherReloader reloads, Thread thread) {
    thread.start();
    if (!config.reload().every().isZero()) {
      reloads.pollEvery(config.reload().every());
    }
    running = reloads;
  }

  private DeviceBatchLimits caps(LabelerMetrics metrics) {
    int largest = config.batch().sizes().largest();
    return new DeviceBatchLimits(
        largest,
        config.batch().growAfter(),
        (device, cap, before) -> {
          if (cap < largest) {
            metrics.batchCapped(device, cap);
          } else {
            metrics.batchUncapped(device);
          }
          log.atLevel(cap < before ? Level.WARN : Level.INFO)
              .addKeyValue("device", device)
              .addKeyValue("cap", cap)
              .addKeyValue("before", before)
              .log(
                  cap < before
                      ? "out of memory: the device is asked fewer views at once for a while"
                      : "the device is asked more views at once again");
        },
        nanoTime);
  }

  private static TeacherLoader torch(LabelerConfig config) {
    return new TorchTeacherLoader(
        config.devices(), config.streamsPerDevice(), config.batch().sizes().warmUpSizes());
  }

  private static int lanes(TeacherPool faculty) {
    try (TeacherLease term = faculty.acquire()) {
      return term.lanes();
    }
  }
}
