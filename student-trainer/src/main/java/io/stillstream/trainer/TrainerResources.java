package io.stillstream.trainer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.batch.BatchTrainer;
import io.stillstream.trainer.checkpoint.AsyncCheckpointWriter;
import io.stillstream.trainer.checkpoint.CheckpointCoordinator;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.UnsupportedCheckpointFormatException;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.erasure.ErasureCheckpointRotation;
import io.stillstream.trainer.erasure.ErasureHandler;
import io.stillstream.trainer.erasure.ErasureRequests;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.evaluation.HeldOutLoader;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.files.DirectoryCheck;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.gate.BaselineEvaluator;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.input.RecordConverter;
import io.stillstream.trainer.input.TeacherCompatibilityCheck;
import io.stillstream.trainer.input.ViewRecordReader;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.OffsetGapException;
import io.stillstream.trainer.kafka.PartitionMerger;
import io.stillstream.trainer.kafka.TopicChangedException;
import io.stillstream.trainer.kafka.TopicIdentityLookup;
import io.stillstream.trainer.kafka.TopicIdentityVerifier;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.metrics.MicrometerReplicaMetrics;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.publish.AsyncRecordSender;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.replica.LocalState;
import io.stillstream.trainer.replica.ObjectStoreReplica;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.ProgressReporter;
import io.stillstream.trainer.status.TrainerStatus;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.evaluation.EvaluationSet;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that one run of the trainer holds open, and closes in the opposite order. */
final class TrainerResources implements AutoCloseable {
  static final String RELEASES = "releases";
  static final String CHECKPOINTS = "checkpoints";
  private static final Logger LOG = LoggerFactory.getLogger(TrainerResources.class);
  private static final String LEDGER = "ledger.jsonl";

  private static final Duration OUTBOX_PATIENCE = Duration.ofSeconds(10);

  /** What does not arrive then is in a checkpoint, or is told again at the next start. */
  private static final Duration SENDER_PATIENCE = Duration.ofSeconds(5);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final TrainerConfig config;
  private final KafkaClients clients;
  private LabeledViewConsumer stream;
  private ViewRecordReader source;
  private RecordValueSerializer<Object> writer;
  private AsyncRecordSender sender;
  private TrainerLoop loop;
  private Replica copies = Replica.NONE;

  private TrainerResources(TrainerConfig config) {
    this.config = config;
    this.clients = new KafkaClients(config);
  }

  /**
   * Opens everything; to be called, used and closed by one thread.
   *
   * @throws StartupException if it cannot run as configured
   */
  static TrainerResources open(
      TrainerConfig config,
      ModelSpec model,
      MeterRegistry registry,
      TrainerStatus progress,
      AccessMonitor access,
      CountDownLatch stopping,
      InstantSource clock) {
    TrainerResources workshop = new TrainerResources(config);
    try {
      workshop.fill(model, registry, progress, access, stopping, clock);
      return workshop;
    } catch (IOException e) {
      workshop.close();
      throw DirectoryCheck.refused(config.directory(), e);
    } catch (UncheckedIOException e) {
      workshop.close();
      throw DirectoryCheck.refused(config.directory(), e.getCause());
    } catch (IllegalStateException | UnsupportedCheckpointFormatException e) {
      workshop.close();
      throw new StartupException("directory: " + e.getMessage(), e);
    } catch (OffsetGapException e) {
      workshop.close();
      throw new StartupException("directory: " + e.getMessage(), e);
    } catch (TopicChangedException e) {
      workshop.close();
      throw new StartupException("on-topic-change: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      workshop.close();
      throw e;
    }
  }

  private void fill(
      ModelSpec model,
      MeterRegistry registry,
      TrainerStatus progress,
      AccessMonitor access,
      CountDownLatch stopping,
      InstantSource clock)
      throws IOException {
    DurableFiles disk = new DurableFiles();
    Path directory = config.directory();
    DirectoryLock lock = opened(DirectoryLock.acquire(directory, disk));
    CheckpointStore checkpoints =
        new CheckpointStore(directory.resolve(CHECKPOINTS), config.checkpoint().keep(), lock, disk);
    ReleaseStore released = new ReleaseStore(directory.resolve(RELEASES), disk);
    LocalState local =
        new LocalState(
            directory,
            model.name(),
            model.sha256(),
            checkpoints,
            released,
            directory.resolve(LEDGER),
            disk);
    Optional<ObjectStoreReplica> store = store(local, registry, clock);
    ReleaseWriter releases =
        new ReleaseWriter(
            released,
            config.release().keep(),
            model,
            config.trainingSettings(),
            lock::requireHeld,
            clock);
    TrainerMetrics metrics =
        FailSafeMetrics.of(
            TrainerMetrics.class, new MicrometerTrainerMetrics(registry, clock, model.classes()));
    BatchBuilder batches = new BatchBuilder(model, config.loss());
    TrainingSession trainee =
        opened(TrainingSession.open(config, model, batches, checkpoints, metrics));
    Ledger ledger =
        opened(new Ledger(directory.resolve(LEDGER), trainee.begin().ledgerBytes(), lock, disk));
    store.ifPresent(
        from ->
            from.restored()
                .ifPresent(
                    step ->
                        ledger.append(lock.epoch(), "restored", step, Map.of("from", from.uri()))));
    source = opened(ViewRecordReader.open(config, registry));
    writer = opened(new RecordValueSerializer<>(config.kafka(), registry));
    boolean teacherFits = teacherFits(model, registry) || trainee.begin().viewsSeen() > 0;

    TopicIdentityLookup inquiry = opened(clients.inquiry());
    Consumer<byte[], byte[]> consumer = clients.consumer();
    stream =
        opened(
            new LabeledViewConsumer(
                consumer,
                config.source(),
                config.onOffsetGap(),
                new TopicIdentityVerifier(
                    config.source(),
                    config.onTopicChange(),
                    inquiry::ask,
                    trainee.begin().source()),
                new PartitionMerger(config.merge().maxWait()),
                config.merge().maxBytes(),
                clock,
                System::nanoTime));
    Gauge.builder("student.merge.bytes", stream, LabeledViewConsumer::waitingBytes)
        .description("Of records that wait for those of other partitions")
        .register(registry);
    opened(ServiceMetrics.bindKafka(consumer, registry));
    Producer<byte[], byte[]> producer = clients.producer();
    DeadLetterProducer outbox =
        opened(
            new DeadLetterProducer(
                producer, clients.deadLetters(registry), OUTBOX_PATIENCE, stopping));
    opened(ServiceMetrics.bindKafka(producer, registry));
    TrainerConfig.TopicNames topics = config.topics();
    sender =
        opened(
            new AsyncRecordSender(
                writer,
                producer,
                List.of(topics.studentReleases(), topics.studentProgress(), topics.studentEvents()),
                registry,
                SENDER_PATIENCE));
    StudentEventPublisher events =
        new StudentEventPublisher(
            model.name(),
            topics.studentEvents(),
            sender,
            clock,
            trainee.begin().events(),
            registry);
    UnexpectedFailurePolicy failures = new UnexpectedFailurePolicy(config.maxConsecutiveFailures());
    LineageTracker lineage = new LineageTracker(trainee.begin());
    ReleasePublisher announcer = new ReleasePublisher(topics, sender, releases, copies, clock);
    Optional<EvaluationSet> exam =
        new HeldOutLoader(config, clients, model, batches).read(registry);
    Optional<HeldOutEvaluator> examination =
        exam.map(
            set ->
                new HeldOutEvaluator(
                    set,
                    trainee.training()::steps,
                    trainee::predict,
                    config.evaluation().everySteps(),
                    metrics,
                    progress::heartbeat,
                    () -> stopping.getCount() == 0,
                    System::nanoTime));
    BaselineEvaluator yardstick = opened(new BaselineEvaluator(config, releases, examination));
    trainee.training().compareWith(yardstick.trial());
    ReleaseController releasing =
        new ReleaseController(
            config, releases, announcer, events, metrics, progress, yardstick, System::nanoTime);
    AsyncCheckpointWriter writing = opened(new AsyncCheckpointWriter(checkpoints));
    ProgressReporter reporting =
        new ProgressReporter(
            trainee,
            announcer,
            events,
            ledger,
            lock.epoch(),
            config.progress().every(),
            config.drift().raiseLabelBudget(),
            examination,
            System.nanoTime());
    ErasureCheckpointRotation rotation =
        new ErasureCheckpointRotation(config.checkpoint().keep(), trainee.begin().forgotten());
    ErasureHandler forgetting =
        new ErasureHandler(
            opened(new ErasureRequests(clients.requests(), config.topics().forgotten())),
            trainee.training(),
            rotation,
            metrics,
            reporting::forgotten);
    CheckpointCoordinator saving =
        new CheckpointCoordinator(
            config,
            trainee,
            stream,
            outbox,
            writing,
            ledger,
            lineage,
            releasing,
            announcer,
            events,
            new ModelCardMetrics(trainee, examination),
            rotation,
            copies,
            metrics,
            progress);
    loop =
        new TrainerLoop(
            config,
            trainee,
            stream,
            new RecordConverter(
                source,
                new LabeledViewValidator(model, batches),
                outbox,
                failures,
                metrics,
                forgetting::isErased,
                teacherFits),
            outbox,
            new BatchTrainer(trainee.supervised(), trainee.training(), outbox, failures, metrics),
            lock.epoch(),
            ledger,
            lineage,
            saving,
            reporting,
            forgetting,
            metrics,
            progress,
            access,
            stopping,
            model.classes().size());
    loop.begin();
    LOG.atInfo()
        .addKeyValue("student", model.name())
        .addKeyValue("resumed", trainee.isResumed())
        .addKeyValue("steps", trainee.begin().steps())
        .addKeyValue("views", trainee.begin().viewsSeen())
        .addKeyValue("epoch", lock.epoch())
        .log("Trainer is ready");
  }

  /** Copies are made, and a directory without a checkpoint is restored, if there is a store. */
  private Optional<ObjectStoreReplica> store(
      LocalState local, MeterRegistry registry, InstantSource clock) throws IOException {
    MicrometerReplicaMetrics metrics = new MicrometerReplicaMetrics(registry, clock);
    if (config.store().isEmpty()) {
      return Optional.empty();
    }
    ObjectStoreReplica store =
        opened(ObjectStoreReplica.open(config.store().get(), local, metrics, clock));
    copies = store;
    return Optional.of(store);
  }

  private boolean teacherFits(ModelSpec model, MeterRegistry registry) {
    if (config.input() == Input.VIEWS) {
      return true;
    }
    // A reader of its own: that of the stream says later whether the registry answers.
    try (Consumer<byte[], byte[]> consumer = clients.consumer();
        RecordValueDeserializer<LabeledView> first =
            new RecordValueDeserializer<>(LabeledView.class, config.kafka(), registry)) {
      return new TeacherCompatibilityCheck(consumer, first, model).check(config.source());
    }
  }

  TrainerLoop loop() {
    return loop;
  }

  Replica copies() {
    return copies;
  }

  /** What does not reach its topic, and why. */
  Optional<String> unpublished() {
    return sender.trouble();
  }

  boolean isConnected() {
    return stream.isConnected();
  }

  boolean registryAnswers() {
    return source.registryAvailable() && writer.registryAvailable();
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        LOG.atWarn().addKeyValue("cause", e.toString()).log("Could not be closed");
      }
    }
  }
}
