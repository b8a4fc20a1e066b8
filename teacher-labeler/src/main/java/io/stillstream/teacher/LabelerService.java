package io.stillstream.teacher;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.DeadLetters;
import io.stillstream.runtime.Health;
import io.stillstream.runtime.Health.Check;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.runtime.Metrics;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.RecordReader;
import io.stillstream.runtime.RecordWriter;
import io.stillstream.runtime.Service;
import io.stillstream.runtime.StartupException;
import io.stillstream.runtime.TopicLimit;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.teacher.labels.Batcher;
import io.stillstream.teacher.labels.Examiner;
import io.stillstream.teacher.labels.LabelerMetrics;
import io.stillstream.teacher.labels.Teacher;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The labeler: reads {@code views}, asks the teacher, writes {@code labeled-views}, exactly once.
 */
public final class LabelerService implements Service {
  private static final String NAME = "teacher-labeler";
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final LabelerConfig config;
  private final MeterRegistry registry;
  private final Duration patience;
  private final Function<ModelSpec, Teacher> teachers;
  private final LongSupplier nanoTime = System::nanoTime;
  private final InstantSource clock = InstantSource.system();

  private final Parts parts = new Parts();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile LabelerHealth health;

  public LabelerService(LabelerConfig config, MeterRegistry registry) {
    this(config, registry, PATIENCE, spec -> warmedUp(spec, config.batch().maxSize()));
  }

  /** For tests, which bring their own teachers and have less patience with an absent broker. */
  LabelerService(
      LabelerConfig config,
      MeterRegistry registry,
      Duration patience,
      Function<ModelSpec, Teacher> teachers) {
    this.config = config;
    this.registry = registry;
    this.patience = patience;
    this.teachers = teachers;
  }

  @Override
  public void start() {
    parts.begin();
    try {
      ClientSettings clients = new ClientSettings(config);
      KafkaSettings.requireBroker(config.kafka(), patience);
      KafkaSettings.requireTopics(
          config.kafka(),
          Map.of(
              "views", config.topics().views(),
              "labeled-views", config.topics().labeledViews(),
              "dead-letters", config.topics().deadLetters()),
          patience);
      parts.requireOpen();
      TorchScriptModel.useThreads(config.threads());
      ModelSpec spec = ModelSpec.load(config.teacher(), "teacher");
      start(clients, spec, parts.keep(teachers.apply(spec)));
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

  private void start(ClientSettings clients, ModelSpec spec, Teacher teacher) {
    LabelerMetrics metrics =
        new MicrometerLabelerMetrics(registry, teacher.identity(), config.batch().maxSize());
    LoopState state = new LoopState(nanoTime);
    ExecutorService worker =
        Executors.newSingleThreadExecutor(work -> new Thread(work, "labeler-worker"));
    parts.keep(worker::shutdownNow);
    ViewLabeling labeling = labeling(clients, spec, new MeteredTeacher(teacher, metrics));
    Intake intake = intake(clients);
    Delivery delivery = delivery(clients, metrics);
    LabelingLoop loop =
        new LabelingLoop(
            config.topics().views(),
            intake,
            delivery,
            labeling,
            worker,
            clients.keepAliveEvery(),
            state,
            metrics);
    health =
        new LabelerHealth(
            state,
            () -> !ended.isDone(),
            clients.maxPollInterval(),
            intake::secondsSinceHeartbeat,
            teacher.identity());
    Thread thread = new Thread(() -> run(loop), "labeler");
    parts.complete(
        () -> {
          loop.stop();
          thread.join();
        },
        thread::start);
  }

  private ViewLabeling labeling(ClientSettings clients, ModelSpec spec, Teacher teacher) {
    RecordReader<AugmentedView> reader =
        parts.keep(new RecordReader<>(AugmentedView.class, clients.serde(), registry));
    RecordWriter<LabeledView> writer = parts.keep(new RecordWriter<>(clients.serde(), registry));
    String labels = config.topics().labeledViews();
    String letters = config.topics().deadLetters();
    return new ViewLabeling(
        new ViewDecoder(reader, spec),
        new Examiner(teacher),
        new LabelWriter(writer, labels, limit(labels, clients), teacher.identity(), clock),
        new DeadLetters(letters, NAME, registry, limit(letters, clients)));
  }

  private Intake intake(ClientSettings clients) {
    Consumer<byte[], byte[]> consumer =
        // The loop closes it too, if it comes to run; a second time does nothing.
        parts.keep(KafkaSettings.client(() -> new KafkaConsumer<>(clients.consumer())));
    parts.keep(Metrics.bindKafka(consumer, registry));
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
    return TopicLimit.of(topic, config.kafka(), clients.maxRequestSize());
  }

  private void run(LabelingLoop loop) {
    try {
      loop.run();
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  static Teacher warmedUp(ModelSpec spec, int maxSize) {
    try {
      TorchScriptModel model = TorchScriptModel.load(spec);
      model.warmUp(maxSize, 1, maxSize);
      return model;
    } catch (StartupException e) {
      throw new StartupException("teacher: " + e.getMessage(), e);
    }
  }
}
