package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.erasure.ErasureCheckpointRotation;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.kafka.TopicChange;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.session.SessionSnapshot;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.TrainerStatus;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.TrainerMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints, and the releases that are made of them. A checkpoint is taken in memory, and another
 * thread brings it to the disk while training goes on; whatever is to leave the trainer because of
 * it leaves when it is durable. What cannot be written now is tried again later. Belongs to the
 * loop's thread.
 */
public final class CheckpointCoordinator {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCoordinator.class);

  /** How long a stop waits for brokers to take what is to be announced. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A disk that takes longer than this for a checkpoint is in trouble. */
  private static final Duration SLOW = Duration.ofMinutes(5);

  /** How long a trainer that was taken for dead goes on at most, when it runs again. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final TrainerConfig config;
  private final TrainingSession trainee;
  private final LabeledViewConsumer stream;
  private final DeadLetterProducer outbox;
  private final AsyncCheckpointWriter writer;
  private final Ledger ledger;
  private final LineageTracker lineage;
  private final ReleaseController releasing;
  private final ReleasePublisher announcer;
  private final StudentEventPublisher events;
  private final ModelCardMetrics measurements;
  private final ErasureCheckpointRotation rotation;
  private final Replica copies;
  private final TrainerMetrics metrics;
  private final TrainerStatus progress;
  private final OnlineTraining training;

  private TrainerState saved;
  private long lastCheckpoint;
  private long lastLook;

  /** What is being written; null when nothing is. */
  private PendingCheckpoint draft;

  /** Makes a release that its checkpoint knows of, and whose files are not written yet. */
  private WriteAction unpublished;

  /** Where the loop stands, as a checkpoint is to tell it. */
  public interface LoopPosition {
    /** For each partition the first offset that has not been dealt with. */
    Map<Integer, Long> positions();

    /** Of the last batch. */
    double loss();

    /** Of the last step. */
    double rate();

    /** Behind the latest batch that had only one set of them. */
    List<TeacherId> teachers();
  }

  /** A checkpoint on its way to the disk. */
  private record PendingCheckpoint(
      TrainerState state,
      SessionSnapshot snapshot,
      boolean isRelease,
      Map<String, Double> measured,
      long round,
      long begunNanos) {}

  private interface WriteAction {
    void run() throws IOException, InterruptedException;
  }

  public CheckpointCoordinator(
      TrainerConfig config,
      TrainingSession trainee,
      LabeledViewConsumer stream,
      DeadLetterProducer outbox,
      AsyncCheckpointWriter writer,
      Ledger ledger,
      LineageTracker lineage,
      ReleaseController releasing,
      ReleasePublisher announcer,
      StudentEventPublisher events,
      ModelCardMetrics measurements,
      ErasureCheckpointRotation rotation,
      Replica copies,
      TrainerMetrics metrics,
      TrainerStatus progress) {
    this.config = config;
    this.trainee = trainee;
    this.stream = stream;
    this.outbox = outbox;
    this.writer = writer;
    this.ledger = ledger;
    this.lineage = lineage;
    this.releasing = releasing;
    this.announcer = announcer;
    this.events = events;
    this.measurements = measurements;
    this.rotation = rotation;
    this.copies = copies;
    this.metrics = metrics;
    this.progress = progress;
    this.training = trainee.training();
    this.saved = trainee.begin();
  }

  /** Makes the release of the checkpoint that training begins from, if a crash came between. */
  public void begin() throws IOException {
    if (trainee.isResumed()) {
      releasing.begin(saved, trainee.savedAverage(), () -> measurements.now(saved.loss()));
    } else {
      releasing.begin(saved);
    }
    lastCheckpoint = System.nanoTime();
    lastLook = lastCheckpoint;
  }

  /** Where reading a partition began. */
  public void partitionStarted(int partition, long offset) {
    releasing.partitionStarted(partition, offset);
  }

  /** The topic is not what the checkpoint knows: that is to be saved before anything else. */
  public void topicChanged(TopicChange change) {
    releasing.topicChanged(change);
    lastCheckpoint = System.nanoTime() - config.checkpoint().every().toNanos();
  }

  /** Tells of the champion and of the gate, if that has not been done. */
  public void announce() throws InterruptedException {
    attempt(releasing::announce);
  }

  /** Makes the release that a stop put off, before anything changes the student. */
  public void publishPostponedRelease(LoopPosition standing) throws InterruptedException {
    if (releasing.isPostponed()) {
      saveIfDue(standing);
    }
  }

  /**
   * Begins to save if the time or a release has come, and training is not about to be set back;
   * ends it when it is durable.
   *
   * @throws IllegalStateException if another trainer took over
   */
  public void saveIfDue(LoopPosition standing) throws InterruptedException {
    requireOwner();
    confirmDeliveries();
    if (draft != null) {
      if (writer.isBusy()) {
        reportSlowWrite(draft);
        return;
      }
      attempt(this::finish);
    }
    if (!trainee.supervised().isSettled()) {
      return;
    }
    if (unpublished == null) {
      releasing.pollChampion(training.steps());
    }
    boolean release = releasing.isDue(training.steps());
    boolean due = System.nanoTime() - lastCheckpoint >= config.checkpoint().every().toNanos();
    // What failed is not tried again after every batch.
    boolean turn = due || progress.lastFailure().isEmpty();
    boolean rotates = rotation.isOpen() && turn;
    if (release && turn && !releasing.isReady() && !attempted(this::requireBrokers)) {
      // An examination that takes minutes would be for nothing, and again the next time.
      return;
    }
    if (release && turn && !releasing.prepare(false)) {
      // The service stops: what has been trained is saved first.
      return;
    }
    if ((release && turn) || rotates || (due && isUnsaved(standing))) {
      attempt(() -> snapshot(standing, release));
    } else if (due) {
      announce();
    }
  }

  /** Saves what is not saved, and makes the last release. */
  public void saveOnShutdown(LoopPosition standing) throws InterruptedException {
    if (draft != null) {
      attempt(this::finish);
    }
    if (!trainee.supervised().isSettled()) {
      LOG.atWarn()
          .addKeyValue("step", training.steps())
          .addKeyValue("saved", saved.steps())
          .log("The last steps look like a divergence and are not saved; they will be repeated");
      return;
    }
    boolean release = releasing.isDueAtEnd(training.steps());
    boolean safe = true;
    if (release && !releasing.isReady()) {
      // An examination may take longer than a stop may. What was trained is safe before it, and the
      // checkpoint says that a release is still to be made.
      releasing.postpone();
      safe = !isUnsaved(standing) || save(standing, false);
      release = safe && releasing.prepare(true);
    }
    if (safe && (release || isUnsaved(standing))) {
      save(standing, release);
    }
    copies.drain(progress::heartbeat);
    announce();
    attempt(() -> announcer.await(PATIENCE));
  }

  private void requireOwner() {
    copies.requireOwned();
    long now = System.nanoTime();
    if (now - lastLook < LOOK.toNanos()) {
      return;
    }
    lastLook = now;
    try {
      writer.requireOwner();
    } catch (IOException e) {
      // A disk that is away is told of when something is to be saved.
      LOG.atDebug().addKeyValue("error", e.toString()).log("The epoch cannot be read");
    }
  }

  /** Notes what brokers have heard of; what cannot be noted now is tried again. */
  private void confirmDeliveries() {
    try {
      announcer.confirmDeliveries();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("An announcement cannot be noted");
    }
  }

  private boolean save(LoopPosition standing, boolean release) throws InterruptedException {
    return attempt(
        () -> {
          snapshot(standing, release);
          finish();
        });
  }

  private void reportSlowWrite(PendingCheckpoint written) {
    Duration since = Duration.ofNanos(System.nanoTime() - written.begunNanos());
    if (since.compareTo(SLOW) > 0) {
      progress.lastFailure("a checkpoint has been on its way for " + since.toSeconds() + " s");
    }
  }

  /**
   * Writes, and says whether that went well; what fails now is tried again later, and nothing in
   * memory is lost by it.
   */
  private boolean attempt(WriteAction write) throws InterruptedException {
    boolean done = attempted(write);
    if (done && draft == null) {
      progress.lastFailure(null);
    }
    return done;
  }

  /** The same for what is only a part: that it went well does not end a trouble. */
  private boolean attempted(WriteAction write) throws InterruptedException {
    long start = System.nanoTime();
    boolean done = false;
    try {
      write.run();
      done = true;
    } catch (IOException | UncheckedIOException e) {
      metrics.checkpointFailed();
      progress.lastFailure(e.toString());
      LOG.atError().addKeyValue("cause", e.toString()).log("Saving failed, training goes on");
    }
    lastCheckpoint = System.nanoTime();
    metrics.checkpointStalled(Duration.ofNanos(lastCheckpoint - start));
    progress.heartbeat();
    return done;
  }

  private boolean isUnsaved(LoopPosition standing) {
    return unpublished != null
        || rotation.isOpen()
        || (releasing.isPostponed() && !saved.contest().postponed())
        || training.steps() > saved.steps()
        || !standing.positions().equals(saved.offsets())
        || !stream.source().equals(saved.source());
  }

  /** Makes sure of what would let a checkpoint fail after all. */
  private void requireBrokers() throws IOException, InterruptedException {
    prepareCheckpoint();
    requireSource();
  }

  /** Does what has to be done before a checkpoint. */
  private void prepareCheckpoint() throws IOException, InterruptedException {
    finishRelease();
    if (!outbox.confirm()) {
      throw new IOException("brokers have not taken the dead letters before the checkpoint");
    }
  }

  private void requireSource() throws IOException {
    if (!stream.verify()) {
      throw new IOException(
          "brokers do not say whether "
              + config.source()
              + " is still the topic that the offsets are of");
    }
  }

  /** Takes everything as it is now, and has it written. */
  private void snapshot(LoopPosition standing, boolean release)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    prepareCheckpoint();
    SessionSnapshot snapshot = trainee.snapshot();
    TrainerState state = state(standing, release);
    // After the positions were taken: so everything before them was of this topic.
    requireSource();
    trainee.supervised().checkpointed();
    writer.begin(TrainingSession.files(state, snapshot));
    Map<String, Double> measured = release ? measurements.now(standing.loss()) : Map.of();
    draft = new PendingCheckpoint(state, snapshot, release, measured, rotation.round(), start);
  }

  /** Waits until what was begun is durable, and tells of it. */
  private void finish() throws IOException, InterruptedException {
    PendingCheckpoint written = draft;
    draft = null;
    while (!writer.await(LOOK)) {
      // At a stop there is nothing to do but to wait for a large one.
      progress.heartbeat();
      reportSlowWrite(written);
    }
    writer.finish();
    rotation.checkpointDurable(written.round());
    TrainerState state = written.state();
    saved = state;
    byte[] average = written.snapshot().average();
    unpublished =
        written.isRelease() ? () -> releasing.publish(state, average, written.measured()) : null;
    releasing.checkpointDurable(state, average);
    metrics.checkpointed(Duration.ofNanos(System.nanoTime() - written.begunNanos()));
    stream.commit(state.offsets());
    announcer.progress(trainee);
    finishRelease();
    copies.enqueue(state.steps());
    releasing.announce();
  }

  /**
   * Makes the release of the last checkpoint, if it could not be made at once. No checkpoint comes
   * before it: after a crash, only the newest is looked at for a release that is not there.
   */
  private void finishRelease() throws IOException, InterruptedException {
    if (unpublished != null) {
      writer.requireOwner();
      unpublished.run();
      unpublished = null;
    }
  }

  private TrainerState state(LoopPosition standing, boolean release) throws IOException {
    TrainerState begin = trainee.begin();
    return new TrainerState(
        begin.student(),
        begin.modelSha256(),
        begin.topic(),
        standing.positions(),
        training.steps(),
        training.viewsSeen(),
        begin.missed() + stream.missed(),
        lineage.teachers(),
        lineage.policyHashes(),
        standing.loss(),
        standing.rate(),
        trainee.window().save(),
        saved.releaseVersion() + (release ? 1 : 0),
        release ? training.steps() : saved.releaseStep(),
        ledger.sync(),
        events.undelivered(),
        releasing.contest(release),
        trainee.supervised().save(),
        standing.teachers(),
        rotation.positions(),
        stream.source());
  }
}
