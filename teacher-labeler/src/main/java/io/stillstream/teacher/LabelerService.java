package io.stillstream.teacher;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.DeadLetterFactory;
import io.stillstream.runtime.FailSafeMetrics;
import io.stillstream.runtime.Health.Check;
import io.stillstream.runtime.Health;
import io.stillstream.runtime.HttpEndpoint;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.runtime.MaxRecordSize;
import io.stillstream.runtime.RecordValueDeserializer;
import io.stillstream.runtime.RecordValueSerializer;
import io.stillstream.runtime.Service;
import io.stillstream.runtime.ServiceMetrics;
import io.stillstream.runtime.StartupException;
import io.stillstream.runtime.UnexpectedFailurePolicy;
import io.stillstream.runtime.access.AccessCheck;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.teacher.labels.Answer;
import io.stillstream.teacher.labels.BatchCaps;
import io.stillstream.teacher.labels.Batcher;
import io.stillstream.teacher.labels.BrokenTeacherException;
import io.stillstream.teacher.labels.Examiner;
import io.stillstream.teacher.labels.Faculty;
import io.stillstream.teacher.labels.LabelBudget;
import io.stillstream.teacher.labels.LabelerMetrics;
import io.stillstream.teacher.labels.Term;
import io.stillstream.teacher.reload.TeacherEndpoints;
import io.stillstream.teacher.reload.TeacherReloads;
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

  private final Parts parts = new Parts();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile LabelerHealth health;

  /** Null before it runs. */
  private volatile TeacherReloads running;

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
    parts.begin();
    try {
      ClientSettings clients = new ClientSettings(config);
      KafkaSettings.requireBroker(config.kafka(), patience);
      AccessCheck.require(config.kafka(), config.topicsInUse(), config.privileges(), patience);
      parts.requireOpen();
      TorchScriptModel.useThreads(config.threads());
      new ExtraLibraries(config.libraries()).load();
      start(clients, teachers());
    } catch (RuntimeException | Error e) {
      boolean stopped = parts.abandon();
      ended.complete(null);
      if (stopped && e instanceof RuntimeException) {
        throw new StartupException(Parts.STOPPED, e);
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
    if (parts.close()) {
      ended.complete(null);
    }
  }

  private TeacherReloads teachers() {
    return parts.keep(
        TeacherReloads.open(
            config.entries(),
            loader::load,
            new MicrometerFacultyMetrics(registry),
            clock,
            nanoTime));
  }

  private void start(ClientSettings clients, TeacherReloads reloads) {
    Faculty faculty = reloads.faculty();
    int lanes = lanes(faculty);
    LabelerMetrics metrics =
        FailSafeMetrics.of(
            LabelerMetrics.class,
            new MicrometerLabelerMetrics(registry, config.batch().maxSize() * (lanes + 3)));
    AccessMonitor access = parts.keep(new AccessMonitor(config.kafka(), config.privileges()));
    LoopState state = new LoopState(nanoTime, access::refused);
    Budgeting budgeting = parts.keep(Budgeting.open(config, clients, registry, clock));
    ViewLabeling labeling = labeling(clients, faculty, budgeting.budget(), metrics);
    Pipeline pipeline = parts.keep(new Pipeline(labeling, config.decodeThreads(), lanes));
    Intake intake = intake(clients);
    Delivery delivery = delivery(clients, metrics);
    LabelingLoop loop =
        new LabelingLoop(
            config.topics().views(),
            intake,
            new Transactions(intake, delivery, state, metrics),
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
            reloads::teaching,
            access::check,
            budgeting::check);
    access.start();
    Thread thread = new Thread(() -> run(loop), "labeler");
    parts.complete(
        () -> {
          loop.stop();
          thread.join();
        },
        () -> go(reloads, thread));
  }

  private ViewLabeling labeling(
      ClientSettings clients, Faculty faculty, LabelBudget budget, LabelerMetrics metrics) {
    RecordValueDeserializer<AugmentedView> reader =
        parts.keep(new RecordValueDeserializer<>(AugmentedView.class, clients.serde(), registry));
    RecordValueSerializer<LabeledView> writer = parts.keep(new RecordValueSerializer<>(clients.serde(), registry));
    String labels = config.topics().labeledViews();
    String letters = config.topics().deadLetters();
    return new ViewLabeling(
        faculty,
        new Triage(budget, new ViewDecoder(reader)),
        new Examiner(config.batch().sizes(), caps(metrics), metrics, nanoTime),
        new Outcomes(
            new LabelWriter(writer, labels, limit(labels, clients), clock),
            new DeadLetterFactory(letters, NAME, registry, limit(letters, clients))
                .expecting(Stream.of(Answer.Reason.values()).map(Answer.Reason::tag).toList())),
        new UnexpectedFailurePolicy(config.maxConsecutiveFailures(), BrokenTeacherException.class),
        parts.keep(Suspects.open(config.stateDirectory(), config.transactionalId(), metrics)),
        () -> reader.registryKnows(config.topics().views()));
  }

  private Intake intake(ClientSettings clients) {
    Consumer<byte[], byte[]> consumer =
        // The loop closes it too, if it comes to run; a second time does nothing.
        parts.keep(KafkaSettings.client(() -> new KafkaConsumer<>(clients.consumer())));
    parts.keep(ServiceMetrics.bindKafka(consumer, registry));
    return new Intake(
        consumer, new Batcher<>(config.batch().maxSize(), config.batch().maxDelay(), nanoTime));
  }

  private Delivery delivery(ClientSettings clients, LabelerMetrics metrics) {
    return new Delivery(
        new TransactionalOutput(parts.keep(new MeteredProducers(clients.producer(), registry))),
        new OpenTransaction(config.commitInterval(), nanoTime),
        metrics,
        clock);
  }

  private int limit(String topic, ClientSettings clients) {
    return MaxRecordSize.of(topic, config.kafka(), clients.maxRequestSize());
  }

  private void run(LabelingLoop loop) {
    try {
      loop.run();
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private void go(TeacherReloads reloads, Thread thread) {
    thread.start();
    if (!config.reload().every().isZero()) {
      reloads.lookEvery(config.reload().every());
    }
    running = reloads;
  }

  private BatchCaps caps(LabelerMetrics metrics) {
    int largest = config.batch().sizes().largest();
    return new BatchCaps(
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
    return new TorchLoader(
        config.devices(), config.streamsPerDevice(), config.batch().sizes().toWarm());
  }

  private static int lanes(Faculty faculty) {
    try (Term term = faculty.enter()) {
      return term.lanes();
    }
  }
}
