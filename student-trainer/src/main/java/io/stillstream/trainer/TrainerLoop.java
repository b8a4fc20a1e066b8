package io.stillstream.trainer;

import io.stillstream.runtime.access.AccessMonitor;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.batch.BatchTrainer;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.batch.PolledRecordBuffer;
import io.stillstream.trainer.checkpoint.CheckpointCoordinator;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.erasure.ErasureHandler;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.input.RecordConverter;
import io.stillstream.trainer.input.TeacherChangeDetector;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.OffsetGapException;
import io.stillstream.trainer.kafka.TopicChangedException;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.ProgressReporter;
import io.stillstream.trainer.status.TrainerStatus;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.UpdateScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, trains and has the result saved, in one thread: with {@code assign()} nobody waits for the
 * next poll, so a step may take as long as it takes, and what is not polled is not fetched.
 */
final class TrainerLoop implements CheckpointCoordinator.LoopPosition {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration DISCOVERY = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final TrainerConfig config;
  private final TrainingSession trainee;
  private final LabeledViewConsumer stream;
  private final RecordConverter intake;
  private final DeadLetterProducer outbox;
  private final BatchTrainer batches;
  private final long epoch;
  private final Ledger ledger;
  private final LineageTracker lineage;
  private final CheckpointCoordinator saving;
  private final ProgressReporter reporting;
  private final ErasureHandler forgetting;
  private final TrainerMetrics metrics;
  private final TrainerStatus progress;
  private final AccessMonitor access;
  private final CountDownLatch stopping;
  private final int classes;

  private final OnlineTraining training;
  private final TeacherChangeDetector teachers;
  private final PolledRecordBuffer fetched = new PolledRecordBuffer();
  private final OffsetTrackingQueue pending = new OffsetTrackingQueue();
  private final UpdateScheduler pace;
  private long lastDiscovery;
  private double loss;
  private double rate;

  /**
   * @param classes how many the student knows
   */
  TrainerLoop(
      TrainerConfig config,
      TrainingSession trainee,
      LabeledViewConsumer stream,
      RecordConverter intake,
      DeadLetterProducer outbox,
      BatchTrainer batches,
      long epoch,
      Ledger ledger,
      LineageTracker lineage,
      CheckpointCoordinator saving,
      ProgressReporter reporting,
      ErasureHandler forgetting,
      TrainerMetrics metrics,
      TrainerStatus progress,
      AccessMonitor access,
      CountDownLatch stopping,
      int classes) {
    this.config = config;
    this.trainee = trainee;
    this.stream = stream;
    this.intake = intake;
    this.outbox = outbox;
    this.batches = batches;
    this.epoch = epoch;
    this.ledger = ledger;
    this.lineage = lineage;
    this.saving = saving;
    this.reporting = reporting;
    this.forgetting = forgetting;
    this.metrics = metrics;
    this.progress = progress;
    this.access = access;
    this.stopping = stopping;
    this.classes = classes;
    this.training = trainee.training();
    this.pace = config.updates().pace();
    this.loss = trainee.begin().loss();
    this.rate = trainee.begin().rate();
    this.teachers = new TeacherChangeDetector(trainee.begin().latestTeachers());
  }

  /**
   * Finishes what a crash interrupted, and takes up the stream.
   *
   * @throws OffsetGapException if records are gone, and that is to stop it
   * @throws TopicChangedException if the topic is another one, and that is to stop it
   */
  void begin() throws IOException {
    progress.opened(trainee.isResumed());
    progress.trained(training.steps(), training.viewsSeen());
    saving.begin();
    forgetting.begin(trainee.begin().forgotten(), trainee.isResumed(), pending, System.nanoTime());
    assignPartitions(trainee.begin().offsets());
  }

  /** Works until it is told to stop, and then saves. */
  void run() throws InterruptedException {
    progress.reading();
    saving.announce();
    saving.publishPostponedRelease(this);
    while (!isStopping()) {
      long now = System.nanoTime();
      progress.heartbeat();
      pollControlTopics(now);
      progress.waiting(pending.views() + fetched.size() + stream.lag());
      if (progress.isConfusionWanted() && trainee.window().size() > 0) {
        progress.confusion(trainee.window().confusion(classes));
      }
      trainDueBatch();
      replayInSpareTime();
      reporting.reportIfDue(System.nanoTime());
      saving.saveIfDue(this);
    }
    saving.saveOnShutdown(this);
  }

  /** What comes from brokers. Those who refuse it may allow it again; until then there is none. */
  private void pollControlTopics(long now) throws InterruptedException {
    try {
      // Brokers that do not answer are waited for a minute or more, each time.
      discover(now);
      progress.heartbeat();
      forgetting.ifDue(pending, now);
      progress.heartbeat();
      fetch();
    } catch (KafkaException e) {
      if (!access.reportFailure(e)) {
        throw e;
      }
      boolean unused = stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void assignPartitions(Map<Integer, Long> known) {
    stream
        .assignPartitions(known)
        .forEach(
            (partition, offset) -> {
              pending.startPartition(partition, offset);
              saving.partitionStarted(partition, offset);
            });
    stream
        .pollTopicChange()
        .ifPresent(
            change -> {
              reporting.topicChanged(change);
              saving.topicChanged(change);
            });
    lastDiscovery = System.nanoTime();
  }

  private void discover(long now) {
    if (now - lastDiscovery < DISCOVERY.toNanos()) {
      return;
    }
    lastDiscovery = now;
    try {
      assignPartitions(Map.of());
    } catch (RetriableException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Brokers are away");
    }
  }

  private void fetch() throws InterruptedException {
    int room = config.batch().size() - pending.views();
    if (room <= 0) {
      return;
    }
    // Whoever has something to do does not wait for the stream.
    boolean busy = pace.mayUpdate() && training.canReplay();
    if (fetched.isEmpty()) {
      fetched.add(stream.poll(busy ? Duration.ZERO : POLL, room));
    }
    fetched.drain(
        record -> {
          ConsumedView accepted = accept(record);
          if (accepted == null) {
            // Stopping: nothing that follows has a place without this one.
            return false;
          }
          pending.add(accepted, System.nanoTime());
          // A bad record may wait for the topic of dead letters.
          progress.heartbeat();
          return true;
        });
  }

  /**
   * Waits for the registry if it is away, and for brokers if too many dead letters are under way;
   * null if the service stops meanwhile.
   */
  private ConsumedView accept(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    while (true) {
      try {
        if (!outbox.isFull() || outbox.confirm()) {
          return intake.accept(record);
        }
      } catch (RegistryUnavailableException e) {
        LOG.atDebug().addKeyValue("cause", e.getMessage()).log("Registry is away");
      }
      progress.heartbeat();
      if (stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        return null;
      }
    }
  }

  private void trainDueBatch() throws InterruptedException {
    int size = config.batch().size();
    while (pending.views() >= size && !isStopping()) {
      train(size);
      reporting.reportIfDue(System.nanoTime());
      saving.saveIfDue(this);
    }
    boolean late =
        pending.views() > 0
            && System.nanoTime() - pending.oldestNanos() >= config.batch().maxDelay().toNanos();
    if (late && !isStopping()) {
      train(pending.views());
    }
  }

  private void train(int count) {
    List<ConsumedView> batch = pending.next(count);
    long firstStep = training.steps() + 1;
    Optional<GuardedTraining.BatchResult> learned =
        batches.train(batch, pending, System.nanoTime());
    if (learned.isEmpty()) {
      progress.heartbeat();
      return;
    }
    GuardedTraining.BatchResult trained = learned.get();
    List<StepReport> reports = trained.reports();
    if (pace.taken() > 0) {
      metrics.updated(pace.taken());
    }
    pace.began();
    lineage.add(batch);
    pending.done(batch.size(), System.nanoTime());
    if (!reports.get(0).skipped()) {
      loss = reports.get(0).loss();
    }
    rate = reports.get(reports.size() - 1).rate();
    ledger.append(
        epoch,
        firstStep,
        LineageTracker.offsets(batch),
        batch.size(),
        LineageTracker.teachers(batch),
        LineageTracker.traces(batch),
        reports.get(0).rate(),
        reports);
    teachers.detectTeacherChange(batch).ifPresent(reporting::teacherChanged);
    reporting.incidents(trained.incidents());
    batch.forEach(fetched -> metrics.trained(fetched.capturedAt()));
    progress.trained(training.steps(), training.viewsSeen());
    progress.heartbeat();
  }

  /** One more update, if nothing waits that is new. */
  private void replayInSpareTime() {
    if (!pace.mayUpdate() || !training.canReplay() || isStopping()) {
      return;
    }
    double backlog =
        (double) (pending.views() + fetched.size() + stream.lag()) / config.batch().size();
    if (!pace.shouldUpdate(backlog)) {
      return;
    }
    long step = training.steps() + 1;
    GuardedTraining.BatchResult trained = trainee.supervised().replay();
    progress.heartbeat();
    if (trained.reports().isEmpty()) {
      pace.failed();
      return;
    }
    pace.replayed();
    rate = trained.reports().get(0).rate();
    ledger.append(epoch, step, Map.of(), 0, List.of(), List.of(), rate, trained.reports());
    reporting.incidents(trained.incidents());
    progress.trained(training.steps(), training.viewsSeen());
  }

  /** With nothing in hand, what only moved past transaction markers counts as dealt with, too. */
  @Override
  public Map<Integer, Long> positions() {
    return pending.isEmpty() && fetched.isEmpty() ? stream.positions() : pending.positions();
  }

  @Override
  public double loss() {
    return loss;
  }

  @Override
  public double rate() {
    return rate;
  }

  @Override
  public List<TeacherId> teachers() {
    return teachers.current();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }
}
