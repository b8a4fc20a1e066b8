package io.stillstream.trainer;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.metrics.FailSafeMetrics;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.trainer.batch.FailingViewIsolator;
import io.stillstream.trainer.checkpoint.AsyncCheckpointWriter;
import io.stillstream.trainer.checkpoint.CheckpointAttempts;
import io.stillstream.trainer.checkpoint.CheckpointCapture;
import io.stillstream.trainer.checkpoint.CheckpointCoordinator;
import io.stillstream.trainer.checkpoint.CheckpointLifecycle;
import io.stillstream.trainer.checkpoint.OwnerCheck;
import io.stillstream.trainer.checkpoint.store.CheckpointPart;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.checkpoint.store.UnsupportedCheckpointFormatException;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.erasure.ErasureCheckpointRotation;
import io.stillstream.trainer.erasure.ErasureHandler;
import io.stillstream.trainer.erasure.ErasureRequests;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.files.DirectoryCheck;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.gate.ReleaseDelivery;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.input.TeacherChangeDetector;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.kafka.OffsetGapException;
import io.stillstream.trainer.kafka.TopicChangedException;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.loop.AugmentationRecorder;
import io.stillstream.trainer.loop.BatchTrainer;
import io.stillstream.trainer.loop.LoopControl;
import io.stillstream.trainer.loop.TrainingRecorder;
import io.stillstream.trainer.metrics.MicrometerDecodeMetrics;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.resources.EvaluationResources;
import io.stillstream.trainer.resources.FetcherFactory;
import io.stillstream.trainer.resources.InputResources;
import io.stillstream.trainer.resources.LabelResources;
import io.stillstream.trainer.resources.OutputResources;
import io.stillstream.trainer.resources.ReleaseResources;
import io.stillstream.trainer.resources.ReviewResources;
import io.stillstream.trainer.resources.StorageResources;
import io.stillstream.trainer.resources.TrainerContext;
import io.stillstream.trainer.review.ReviewRequester;
import io.stillstream.trainer.session.SessionLoader;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.LoopMonitor;
import io.stillstream.trainer.status.ProgressReporter;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that one run of the trainer holds open, and the loop that uses it. */
final class TrainerResources implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerResources.class);

  private final CloseableStack open;
  private final StorageResources storage;
  private final InputResources input;
  private final Optional<LabelResources> labels;
  private final OutputResources output;
  private final ReleaseDelivery delivery;
  private final CheckpointCoordinator checkpoints;
  private final TrainerLoop loop;

  /**
   * @param open closes what was opened, also if this fails
   */
  private TrainerResources(
      TrainerContext context,
      LoopMonitor monitor,
      LoopControl control,
      CountDownLatch stopping,
      CloseableStack open)
      throws IOException {
    this.open = open;
    TrainerConfig config = context.config();
    storage = StorageResources.open(context, open);
    long epoch = storage.lock().epoch();
    TrainerMetrics metrics =
        FailSafeMetrics.of(
            TrainerMetrics.class,
            new MicrometerTrainerMetrics(
                context.registry(),
                context.clock(),
                context.model().task(),
                context.model().classes()));
    DecodePool pool = config.decode().pool(new MicrometerDecodeMetrics(context.registry()));
    BatchBuilder batches = new BatchBuilder(context.model(), config.loss(), pool);
    TrainingSession session =
        open.push(
            SessionLoader.open(config, context.model(), batches, storage.checkpoints(), metrics));
    TrainerState initial = session.initialState();
    Ledger ledger = storage.openLedger(context, initial, open);
    KafkaClients clients = new KafkaClients(config);
    input = InputResources.open(context, clients, initial.source(), open);
    labels = LabelResources.open(context, session, open);
    // Closed before what its threads read with.
    open.push(pool);
    output = OutputResources.open(context, clients, storage, initial, stopping, open);
    Optional<HeldOutEvaluator> heldOut =
        EvaluationResources.heldOut(context, clients, session, batches, metrics, monitor, control);
    ReleaseResources releasing =
        ReleaseResources.open(context, storage, output, heldOut, batches.output(), metrics, open);
    delivery = releasing.delivery();
    ReleaseController releases = releasing.controller();
    AsyncCheckpointWriter writer = open.push(new AsyncCheckpointWriter(storage.checkpoints()));
    ProgressReporter reporter =
        new ProgressReporter(
            session,
            output.releases(),
            output.events(),
            ledger,
            epoch,
            config,
            heldOut,
            System.nanoTime());
    ErasureCheckpointRotation rotation =
        new ErasureCheckpointRotation(config.checkpoint().keep(), initial.forgotten());
    ReviewRequester reviews = ReviewResources.open(context, clients, output, session, batches);
    ErasureHandler erasures =
        new ErasureHandler(
            open.push(new ErasureRequests(clients.erasures(), config.topics().forgotten())),
            session.training(),
            rotation,
            reviews,
            metrics,
            labels.map(LabelResources::join));
    List<CheckpointPart> parts = new ArrayList<>(List.of(reviews));
    labels.map(LabelResources::join).ifPresent(parts::add);
    CheckpointCapture capture =
        new CheckpointCapture(
            session,
            input.consumer(),
            output.deadLetters(),
            ledger,
            output.events(),
            rotation,
            new ModelCardMetrics(session, heldOut),
            parts);
    CheckpointAttempts attempts =
        new CheckpointAttempts(
            config.checkpoint().every(), metrics, monitor.heartbeat(), System::nanoTime);
    checkpoints =
        new CheckpointCoordinator(
            session,
            new CheckpointLifecycle(
                session,
                capture,
                input.consumer(),
                writer,
                releases,
                output.releases(),
                storage.replica(),
                attempts),
            new OwnerCheck(storage.lock(), storage.replica(), System::nanoTime),
            releases,
            output.releases(),
            storage.replica(),
            attempts);
    UnexpectedFailurePolicy failures = new UnexpectedFailurePolicy(config.maxConsecutiveFailures());
    FetcherFactory fetchers =
        new FetcherFactory(context, input, labels, pool, output.deadLetters(), failures, metrics);
    BatchTrainer batchTrainer =
        new BatchTrainer(
            config.batch(),
            session,
            new FailingViewIsolator(
                session.guarded(), session.training(), output.deadLetters(), failures, metrics),
            config.updates().scheduler(),
            releases,
            new TrainingRecorder(
                ledger,
                epoch,
                new LineageTracker(initial),
                new TeacherChangeDetector(initial.latestTeachers()),
                reporter,
                new AugmentationRecorder(monitor.augmentation(), metrics),
                reviews),
            metrics);
    loop =
        new TrainerLoop(
            session,
            fetchers.create(batches, erasures, initial, monitor.heartbeat(), control),
            erasures,
            batchTrainer,
            reporter,
            checkpoints,
            monitor,
            control);
    loop.begin();
    LOG.atInfo()
        .addKeyValue("student", context.model().name())
        .addKeyValue("resumed", session.isResumed())
        .addKeyValue("steps", initial.steps())
        .addKeyValue("views", initial.viewsSeen())
        .addKeyValue("epoch", epoch)
        .log("Trainer is ready");
  }

  /**
   * Opens everything; to be called, used and closed by one thread.
   *
   * @param stopping reaches zero when the service stops
   * @throws StartupException if it cannot run as configured
   */
  static TrainerResources open(
      TrainerContext context, LoopMonitor monitor, LoopControl control, CountDownLatch stopping) {
    CloseableStack open = new CloseableStack();
    boolean isOpen = false;
    try {
      TrainerResources resources = new TrainerResources(context, monitor, control, stopping, open);
      isOpen = true;
      return resources;
    } catch (IOException e) {
      throw DirectoryCheck.refused(context.config().directory(), e);
    } catch (UncheckedIOException e) {
      throw DirectoryCheck.refused(context.config().directory(), e.getCause());
    } catch (IllegalStateException | UnsupportedCheckpointFormatException | OffsetGapException e) {
      throw new StartupException("directory: " + e.getMessage(), e);
    } catch (TopicChangedException e) {
      throw new StartupException("on-topic-change: " + e.getMessage(), e);
    } finally {
      if (!isOpen) {
        boolean unused = open.abandon();
      }
    }
  }

  TrainerLoop loop() {
    return loop;
  }

  Replica replica() {
    return storage.replica();
  }

  /** Why checkpoints are not written; empty while they are. */
  Optional<String> checkpointFailure() {
    return checkpoints.failure();
  }

  /** Why the last release was refused; empty if it was not. */
  Optional<String> releaseRefusal() {
    return delivery.refusal();
  }

  /** What does not reach its topic, and why. */
  Optional<String> unpublished() {
    return output.sender().failure();
  }

  boolean isConnected() {
    return input.consumer().isConnected();
  }

  boolean registryAnswers() {
    return input.reader().registryAvailable()
        && labels.map(read -> read.reader().registryAvailable()).orElse(true)
        && output.serializer().registryAvailable();
  }

  @Override
  public void close() {
    boolean unused = open.close();
  }
}
