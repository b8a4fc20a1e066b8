package io.stillstream.student;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.FailSafeMetrics;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.RecordValueDeserializer;
import io.stillstream.runtime.RecordValueSerializer;
import io.stillstream.runtime.ServiceMetrics;
import io.stillstream.runtime.StartupException;
import io.stillstream.runtime.UnexpectedFailurePolicy;
import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.schemas.LabeledView;
import io.stillstream.student.TrainerConfig.Input;
import io.stillstream.student.checkpoint.CheckpointStore;
import io.stillstream.student.checkpoint.DirectoryLock;
import io.stillstream.student.checkpoint.Disk;
import io.stillstream.student.checkpoint.Ledger;
import io.stillstream.student.checkpoint.UnsupportedFormatException;
import io.stillstream.student.release.ReleaseStore;
import io.stillstream.student.release.Releases;
import io.stillstream.student.store.Copies;
import io.stillstream.student.store.Local;
import io.stillstream.student.store.StudentStore;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.ExamSet;
import io.stillstream.student.training.TrainerMetrics;
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
final class Workshop implements AutoCloseable {
  static final String RELEASES = "releases";
  static final String CHECKPOINTS = "checkpoints";
  private static final Logger LOG = LoggerFactory.getLogger(Workshop.class);
  private static final String LEDGER = "ledger.jsonl";

  private static final Duration OUTBOX_PATIENCE = Duration.ofSeconds(10);

  /** What does not arrive then is in a checkpoint, or is told again at the next start. */
  private static final Duration SENDER_PATIENCE = Duration.ofSeconds(5);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final TrainerConfig config;
  private final Clients clients;
  private LabeledStream stream;
  private ViewSource source;
  private RecordValueSerializer<Object> writer;
  private BackgroundSender sender;
  private TrainerLoop loop;
  private Copies copies = Copies.NONE;

  private Workshop(TrainerConfig config) {
    this.config = config;
    this.clients = new Clients(config);
  }

  /**
   * Opens everything; to be called, used and closed by one thread.
   *
   * @throws StartupException if it cannot run as configured
   */
  static Workshop open(
      TrainerConfig config,
      ModelSpec model,
      MeterRegistry registry,
      Progress progress,
      AccessMonitor access,
      CountDownLatch stopping,
      InstantSource clock) {
    Workshop workshop = new Workshop(config);
    try {
      workshop.fill(model, registry, progress, access, stopping, clock);
      return workshop;
    } catch (IOException e) {
      workshop.close();
      throw DirectoryCheck.refused(config.directory(), e);
    } catch (UncheckedIOException e) {
      workshop.close();
      throw DirectoryCheck.refused(config.directory(), e.getCause());
    } catch (IllegalStateException | UnsupportedFormatException e) {
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
      Progress progress,
      AccessMonitor access,
      CountDownLatch stopping,
      InstantSource clock)
      throws IOException {
    Disk disk = new Disk();
    Path directory = config.directory();
    DirectoryLock lock = opened(DirectoryLock.acquire(directory, disk));
    CheckpointStore checkpoints =
        new CheckpointStore(directory.resolve(CHECKPOINTS), config.checkpoint().keep(), lock, disk);
    ReleaseStore released = new ReleaseStore(directory.resolve(RELEASES), disk);
    Local local =
        new Local(
            directory,
            model.name(),
            model.sha256(),
            checkpoints,
            released,
            directory.resolve(LEDGER),
            disk);
    Optional<StudentStore> store = store(local, registry, clock);
    Releases releases =
        new Releases(
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
    Trainee trainee = opened(Trainee.open(config, model, batches, checkpoints, metrics));
    Ledger ledger =
        opened(new Ledger(directory.resolve(LEDGER), trainee.begin().ledgerBytes(), lock, disk));
    store.ifPresent(
        from ->
            from.restored()
                .ifPresent(
                    step ->
                        ledger.append(lock.epoch(), "restored", step, Map.of("from", from.uri()))));
    source = opened(ViewSource.open(config, registry));
    writer = opened(new RecordValueSerializer<>(config.kafka(), registry));
    boolean teacherFits = teacherFits(model, registry) || trainee.begin().viewsSeen() > 0;

    TopicInquiry inquiry = opened(clients.inquiry());
    Consumer<byte[], byte[]> consumer = clients.consumer();
    stream =
        opened(
            new LabeledStream(
                consumer,
                config.source(),
                config.onOffsetGap(),
                new SourceGuard(
                    config.source(),
                    config.onTopicChange(),
                    inquiry::ask,
                    trainee.begin().source()),
                new PartitionMerge(config.merge().maxWait()),
                config.merge().maxBytes(),
                clock,
                System::nanoTime));
    Gauge.builder("student.merge.bytes", stream, LabeledStream::waitingBytes)
        .description("Of records that wait for those of other partitions")
        .register(registry);
    opened(ServiceMetrics.bindKafka(consumer, registry));
    Producer<byte[], byte[]> producer = clients.producer();
    Outbox outbox =
        opened(new Outbox(producer, clients.deadLetters(registry), OUTBOX_PATIENCE, stopping));
    opened(ServiceMetrics.bindKafka(producer, registry));
    TrainerConfig.TopicNames topics = config.topics();
    sender =
        opened(
            new BackgroundSender(
                writer,
                producer,
                List.of(topics.studentReleases(), topics.studentProgress(), topics.studentEvents()),
                registry,
                SENDER_PATIENCE));
    Events events =
        new Events(
            model.name(),
            topics.studentEvents(),
            sender,
            clock,
            trainee.begin().events(),
            registry);
    UnexpectedFailurePolicy failures = new UnexpectedFailurePolicy(config.maxConsecutiveFailures());
    Lineage lineage = new Lineage(trainee.begin());
    Announcer announcer = new Announcer(topics, sender, releases, copies, clock);
    Optional<ExamSet> exam = new HeldOut(config, clients, model, batches).read(registry);
    Optional<Examination> examination =
        exam.map(
            set ->
                new Examination(
                    set,
                    trainee.training()::steps,
                    trainee::predict,
                    config.evaluation().everySteps(),
                    metrics,
                    progress::turn,
                    () -> stopping.getCount() == 0,
                    System::nanoTime));
    Yardstick yardstick = opened(new Yardstick(config, releases, examination));
    trainee.training().attend(yardstick.trial());
    Releasing releasing =
        new Releasing(
            config, releases, announcer, events, metrics, progress, yardstick, System::nanoTime);
    BackgroundWriter writing = opened(new BackgroundWriter(checkpoints));
    Reporting reporting =
        new Reporting(
            trainee,
            announcer,
            events,
            ledger,
            lock.epoch(),
            config.progress().every(),
            config.drift().raiseLabelBudget(),
            examination,
            System.nanoTime());
    Rotation rotation = new Rotation(config.checkpoint().keep(), trainee.begin().forgotten());
    Forgetting forgetting =
        new Forgetting(
            opened(new Forgotten(clients.requests(), config.topics().forgotten())),
            trainee.training(),
            rotation,
            metrics,
            reporting::forgotten);
    Saving saving =
        new Saving(
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
            new Measurements(trainee, examination),
            rotation,
            copies,
            metrics,
            progress);
    loop =
        new TrainerLoop(
            config,
            trainee,
            stream,
            new Intake(
                source,
                new Examiner(model, batches),
                outbox,
                failures,
                metrics,
                forgetting::refuses,
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
  private Optional<StudentStore> store(Local local, MeterRegistry registry, InstantSource clock)
      throws IOException {
    MicrometerStoreMetrics metrics = new MicrometerStoreMetrics(registry, clock);
    if (config.store().isEmpty()) {
      return Optional.empty();
    }
    StudentStore store = opened(StudentStore.open(config.store().get(), local, metrics, clock));
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
      return new TeacherCheck(consumer, first, model).check(config.source());
    }
  }

  TrainerLoop loop() {
    return loop;
  }

  Copies copies() {
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
