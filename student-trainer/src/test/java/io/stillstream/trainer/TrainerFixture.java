package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.batch.FailingViewIsolator;
import io.stillstream.trainer.checkpoint.AsyncCheckpointWriter;
import io.stillstream.trainer.checkpoint.CheckpointAttempts;
import io.stillstream.trainer.checkpoint.CheckpointCapture;
import io.stillstream.trainer.checkpoint.CheckpointCoordinator;
import io.stillstream.trainer.checkpoint.CheckpointLifecycle;
import io.stillstream.trainer.checkpoint.OwnerCheck;
import io.stillstream.trainer.checkpoint.store.CheckpointPart;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.erasure.ErasureCheckpointRotation;
import io.stillstream.trainer.erasure.ErasureHandler;
import io.stillstream.trainer.erasure.ErasureRequests;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.gate.BaselineEvaluator;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.gate.ReleaseDelivery;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.input.TeacherChangeDetector;
import io.stillstream.trainer.input.ViewRecordReader;
import io.stillstream.trainer.kafka.GroupOffsets;
import io.stillstream.trainer.kafka.LabelPartitions;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.MergedConsumer;
import io.stillstream.trainer.kafka.PartitionMerger;
import io.stillstream.trainer.kafka.TopicIdentityVerifier;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.ledger.LedgerMetrics;
import io.stillstream.trainer.loop.AugmentationRecorder;
import io.stillstream.trainer.loop.BatchTrainer;
import io.stillstream.trainer.loop.LoopControl;
import io.stillstream.trainer.loop.TrainingRecorder;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.AsyncRecordSender;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.ReleaseRunReporter;
import io.stillstream.trainer.publish.ReviewRequestPublisher;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.OnnxExporter;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.resources.FetcherFactory;
import io.stillstream.trainer.resources.InputResources;
import io.stillstream.trainer.resources.LabelResources;
import io.stillstream.trainer.resources.TrainerContext;
import io.stillstream.trainer.review.ReviewRequester;
import io.stillstream.trainer.review.ReviewState;
import io.stillstream.trainer.session.SessionLoader;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.LoopMonitor;
import io.stillstream.trainer.status.ProgressReporter;
import io.stillstream.trainer.training.accuracy.EvaluationSet;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.decode.DecodeMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Runs of a trainer on one directory, without Kafka and torch: with mock clients, a student that
 * only counts its steps, and real files.
 */
public final class TrainerFixture implements AutoCloseable {
  /** Images of 8 x 8, as {@link LabeledViewFixtures} makes them. */
  public static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

  private final Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final DevelopmentRegistry registry;
  private final MockProducer<byte[], byte[]> producer = producer();
  private boolean brokersAnswer = true;
  private boolean takesRecords = true;
  private final PromotionRequests promotions = new PromotionRequests();
  private Optional<OnnxExporter> onnx = Optional.empty();
  private InstantSource clock = InstantSource.system();
  private long nanos;

  public TrainerFixture(Path directory) throws IOException {
    this.directory = directory;
    this.registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
  }

  private MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return takesRecords
            ? super.send(record)
            : CompletableFuture.failedFuture(new TimeoutException("away"));
      }
    };
  }

  public SimpleMeterRegistry meters() {
    return meters;
  }

  /** What was sent, in all runs. */
  public MockProducer<byte[], byte[]> sent() {
    return producer;
  }

  /** The value of a record that was sent. */
  <T> T read(ProducerRecord<byte[], byte[]> record, Class<T> type) {
    try (RecordValueDeserializer<T> reader = new RecordValueDeserializer<>(type, kafka(), meters)) {
      return reader.deserialize(record.topic(), record.headers(), record.value());
    }
  }

  /** Whether brokers say which topic it is. */
  public void brokersAnswer(boolean answer) {
    brokersAnswer = answer;
  }

  /** Whether brokers take dead letters. */
  public void takesRecords(boolean takes) {
    takesRecords = takes;
  }

  /** Lets releases have ONNX files, in runs that are opened from now on. */
  public void exportsOnnx(OnnxExporter exporter) {
    onnx = Optional.of(exporter);
  }

  /** Moves the clock of checkpoints and releases. */
  public void advance(Duration time) {
    nanos += time.toNanos();
  }

  /** The time of what is trained and requested, in runs that are opened from now on. */
  public void clock(InstantSource time) {
    clock = time;
  }

  /** The requests for review that brokers have, as a start finds them in the topic. */
  private Set<Long> publishedReviews() {
    return producer.history().stream()
        .filter(record -> record.topic().equals("review-requests"))
        .map(record -> ImageIdHash.of(new String(record.key(), UTF_8)).number())
        .collect(Collectors.toSet());
  }

  /** Whether a release is the last that brokers have, as a start finds it in the topic. */
  private boolean isLatest(StudentRelease release) {
    return releases()
        .reduce((first, second) -> second)
        .filter(version -> version == release.getVersion())
        .isPresent();
  }

  /** Versions in the topic of releases. */
  public Stream<Long> releases() {
    return producer.history().stream()
        .filter(record -> record.topic().equals("student-releases"))
        .map(record -> read(record, StudentRelease.class).getVersion());
  }

  /** What the management port asks for. */
  public PromotionRequests promotions() {
    return promotions;
  }

  private Map<String, String> kafka() {
    return Map.of("bootstrap.servers", "localhost:1", "schema.registry.url", url());
  }

  private String url() {
    return registry.url().toString();
  }

  /**
   * Opens a run, which continues from the newest checkpoint; the loop has not begun.
   *
   * @param settings beside Kafka, student and directory
   */
  public Run open(String settings, Optional<EvaluationSet> heldOutSet) throws IOException {
    return new Run(settings, heldOutSet);
  }

  @Override
  public void close() {
    registry.close();
  }

  /** One run of the trainer. */
  public final class Run implements AutoCloseable {
    private final CloseableStack open = new CloseableStack();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final LoopMonitor monitor = LoopMonitor.create(System::nanoTime);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final CountingStudent.Loader student = new CountingStudent.Loader();
    private final RecordValueSerializer<Object> serializer;
    private final ReleaseStore store;
    private final TrainingSession session;
    private final Optional<HeldOutEvaluator> heldOut;
    private final DeadLetterProducer deadLetters;
    private final ReleaseDelivery delivery;
    private final CheckpointCoordinator checkpoints;
    private final TrainerLoop loop;

    private Run(String settings, Optional<EvaluationSet> heldOutSet) throws IOException {
      TrainerConfig config =
          YamlSettings.parse(
              """
              kafka: {bootstrap.servers: "localhost:1", schema.registry.url: "%s"}
              student: src/test/resources/students/cnn
              directory: %s
              %s
              """
                  .formatted(url(), directory, settings),
              TrainerConfig.class,
              Map.of());
      DurableFiles disk = new DurableFiles();
      DirectoryLock lock = open.push(DirectoryLock.acquire(directory, disk));
      CheckpointStore files = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);
      store = new ReleaseStore(directory.resolve("releases"), disk);
      ReleaseWriter releaseWriter =
          new ReleaseWriter(store, 10, MODEL, Map.of(), lock::requireHeld, clock, onnx);
      MicrometerTrainerMetrics metrics =
          new MicrometerTrainerMetrics(meters, clock, ModelTask.CLASSIFICATION, MODEL.classes());
      DecodePool pool = config.decode().pool(DecodeMetrics.NONE);
      BatchBuilder batches = new BatchBuilder(MODEL, LossSettings.hinton(0.9), pool);
      session = open.push(SessionLoader.open(config, MODEL, batches, files, metrics, student));
      TrainerState initial = session.initialState();
      Ledger ledger =
          open.push(
              new Ledger(
                  directory.resolve("ledger.jsonl"),
                  initial.ledgerBytes(),
                  lock,
                  disk,
                  config.ledger(),
                  clock,
                  LedgerMetrics.NONE));
      serializer = open.push(new RecordValueSerializer<>(kafka(), meters));
      AsyncRecordSender sender =
          open.push(
              new AsyncRecordSender(
                  serializer,
                  producer,
                  List.of(
                      "student-releases", "student-progress", "student-events", "review-requests"),
                  meters,
                  Duration.ofSeconds(30)));
      StudentEventPublisher events =
          new StudentEventPublisher(
              "cnn", "student-events", sender, clock, initial.events(), meters);
      ReleasePublisher publisher =
          new ReleasePublisher(
              config.topics(),
              sender,
              releaseWriter,
              Replica.NONE,
              TrainerFixture.this::isLatest,
              ReleaseRunReporter.none(),
              clock);
      LoopControl control =
          new LoopControl(open.push(new AccessMonitor(kafka(), List.of())), stopping);
      heldOut =
          heldOutSet.map(
              set ->
                  new HeldOutEvaluator(
                      set,
                      session.training()::steps,
                      session::predict,
                      1000,
                      metrics,
                      monitor.heartbeat()::beat,
                      control::isStopping,
                      System::nanoTime));
      BaselineEvaluator baseline =
          open.push(
              new BaselineEvaluator(
                  config.release().gate(),
                  TaskScorer.of(batches.output()),
                  releaseWriter,
                  heldOut,
                  file -> batch -> new float[batch.size() * batch.classes()]));
      delivery =
          new ReleaseDelivery(
              releaseWriter, publisher, events, ReleaseRunReporter.none(), metrics, promotions);
      ReleaseController releases =
          new ReleaseController(
              config.release(), releaseWriter, delivery, metrics, baseline, () -> nanos);
      deadLetters =
          new DeadLetterProducer(
              producer,
              new DeadLetterFactory("dead-letters", "test", meters, Topics.MAX_MESSAGE_BYTES),
              Duration.ofSeconds(1),
              stopping);
      MergedConsumer merged =
          new MergedConsumer(
              consumer,
              new GroupOffsets(consumer, "g", "student"),
              new PartitionMerger(Duration.ZERO, config.source()),
              config.merge().maxBytes(),
              clock,
              System::nanoTime);
      LabeledViewConsumer views =
          new LabeledViewConsumer(
              merged,
              config.source(),
              config.onOffsetGap(),
              new TopicIdentityVerifier(
                  config.source(),
                  config.onTopicChange(),
                  timeout -> {
                    if (!brokersAnswer) {
                      throw new TimeoutException("busy");
                    }
                    return TopicIdentity.UNKNOWN;
                  },
                  TopicIdentity.UNKNOWN),
              config.labels().enabled()
                  ? Optional.of(new LabelPartitions(merged, config.topics().labels()))
                  : Optional.empty());
      TrainerContext context =
          new TrainerContext(
              config, MODEL, meters, promotions, clock, StartupWait.of(config.start()));
      Optional<LabelResources> labels = LabelResources.open(context, session, open);
      Optional<byte[]> saved = session.saved(ReviewState.FILE);
      ReviewRequester reviews =
          new ReviewRequester(
              config.review(),
              MODEL,
              batches,
              new ReviewRequestPublisher("review-requests", sender, meters),
              clock,
              saved.isPresent()
                  ? ReviewState.read(new DataInputStream(new ByteArrayInputStream(saved.get())))
                  : ReviewState.NONE,
              publishedReviews(),
              meters);
      ErasureCheckpointRotation rotation = new ErasureCheckpointRotation(3, Map.of());
      List<CheckpointPart> parts = new ArrayList<>(List.of(reviews));
      labels.map(LabelResources::join).ifPresent(parts::add);
      CheckpointCapture capture =
          new CheckpointCapture(
              session,
              views,
              deadLetters,
              ledger,
              events,
              rotation,
              new ModelCardMetrics(session, heldOut),
              parts);
      AsyncCheckpointWriter writer = open.push(new AsyncCheckpointWriter(files));
      CheckpointAttempts attempts =
          new CheckpointAttempts(
              config.checkpoint().every(), metrics, monitor.heartbeat(), () -> nanos);
      checkpoints =
          new CheckpointCoordinator(
              session,
              new CheckpointLifecycle(
                  session, capture, views, writer, releases, publisher, Replica.NONE, attempts),
              new OwnerCheck(lock, Replica.NONE, () -> nanos),
              releases,
              publisher,
              Replica.NONE,
              attempts);
      ProgressReporter reporter =
          new ProgressReporter(
              session, publisher, events, ledger, lock.epoch(), config, heldOut, System.nanoTime());
      ErasureHandler erasures =
          new ErasureHandler(
              new ErasureRequests(new StandaloneConsumer(new MockConsumer<>("none")), "forgotten"),
              session.training(),
              rotation,
              reviews,
              metrics,
              labels.map(LabelResources::join));
      UnexpectedFailurePolicy failures = new UnexpectedFailurePolicy(4);
      ViewRecordReader reader =
          open.push(
              ViewRecordReader.ofLabeledViews(
                  new RecordValueDeserializer<>(LabeledView.class, kafka(), meters)));
      open.push(pool);
      FetcherFactory fetchers =
          new FetcherFactory(
              context,
              new InputResources(views, reader, true),
              labels,
              pool,
              deadLetters,
              failures,
              metrics);
      loop =
          new TrainerLoop(
              session,
              fetchers.create(batches, erasures, initial, monitor.heartbeat(), control),
              erasures,
              new BatchTrainer(
                  config.batch(),
                  session,
                  new FailingViewIsolator(
                      session.guarded(), session.training(), deadLetters, failures, metrics),
                  config.updates().scheduler(),
                  releases,
                  new TrainingRecorder(
                      ledger,
                      lock.epoch(),
                      new LineageTracker(initial),
                      new TeacherChangeDetector(initial.latestTeachers()),
                      reporter,
                      new AugmentationRecorder(monitor.augmentation(), metrics),
                      reviews),
                  metrics),
              reporter,
              checkpoints,
              monitor,
              control);
    }

    public TrainingSession session() {
      return session;
    }

    public CheckpointCoordinator checkpoints() {
      return checkpoints;
    }

    public DeadLetterProducer deadLetters() {
      return deadLetters;
    }

    public HeldOutEvaluator heldOut() {
      return heldOut.orElseThrow();
    }

    public ReleaseStore releases() {
      return store;
    }

    public ReleaseDelivery delivery() {
      return delivery;
    }

    /** Whether each step of the student is skipped, as its loss is not finite. */
    public void diverges(boolean diverges) {
      student.current().diverges(diverges);
    }

    /** Checksums of what the student was trained on, and of what it predicted. */
    List<String> batches() {
      return student.current().batches();
    }

    /** Stops the run, as the service does. */
    public void stop() {
      stopping.countDown();
    }

    MockConsumer<byte[], byte[]> consumer() {
      return consumer;
    }

    byte[] serialized(LabeledView view) {
      return serializer.serialize("labeled-views", view);
    }

    byte[] serialized(ImageLabel label) {
      return serializer.serialize("labels", label);
    }

    LoopMonitor monitor() {
      return monitor;
    }

    TrainerLoop loop() {
      return loop;
    }

    @Override
    public void close() {
      boolean unused = open.close();
    }
  }
}
