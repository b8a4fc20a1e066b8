package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.kafka.TopicChange;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.session.TrainingSession;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes checkpoints, and the releases that are made from them. A checkpoint is captured in memory
 * and written by another thread while training goes on. Whatever leaves the trainer because of it
 * leaves after it is durable. What fails is tried again later. Belongs to the loop's thread, except
 * {@link #failure}.
 */
public final class CheckpointCoordinator {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCoordinator.class);

  /** How long a shutdown waits for brokers to acknowledge releases. */
  private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private final TrainingSession session;
  private final CheckpointCapture capture;
  private final CheckpointInput input;
  private final AsyncCheckpointWriter writer;
  private final ReleaseController releases;
  private final ReleasePublisher publisher;
  private final Replica replica;
  private final CheckpointAttempts attempts;
  private final OwnerCheck owner;

  /** State of the last durable checkpoint. */
  private TrainerState saved;

  /** The checkpoint that is being written; null if there is none. */
  private PendingCheckpoint pending;

  public CheckpointCoordinator(
      TrainingSession session,
      CheckpointCapture capture,
      CheckpointInput input,
      AsyncCheckpointWriter writer,
      ReleaseController releases,
      ReleasePublisher publisher,
      Replica replica,
      CheckpointAttempts attempts) {
    this.session = session;
    this.capture = capture;
    this.input = input;
    this.writer = writer;
    this.releases = releases;
    this.publisher = publisher;
    this.replica = replica;
    this.attempts = attempts;
    this.saved = session.initialState();
    this.owner = new OwnerCheck(writer, replica, attempts::nanos);
  }

  /** What is due. */
  public enum Due {
    /** Nothing. */
    NOTHING,
    /** A checkpoint, if anything is unsaved. */
    CHECKPOINT_IF_UNSAVED,
    /** A checkpoint. */
    CHECKPOINT,
    /** A checkpoint, and a release from it. */
    RELEASE
  }

  /** Makes the release of the checkpoint that training continues from, if a crash prevented it. */
  public void begin() throws IOException {
    if (session.isResumed()) {
      releases.begin(saved, session.savedAverage(), () -> capture.measurements(saved.loss()));
    } else {
      releases.begin(saved);
    }
  }

  /** Notes where reading a partition began. */
  public void partitionStarted(int partition, long offset) {
    releases.partitionStarted(partition, offset);
  }

  /** The topic differs from the one in the last checkpoint: the next checkpoint is due at once. */
  public void topicChanged(TopicChange change) {
    releases.topicChanged(change);
    attempts.makeDue();
  }

  /** Version of the champion; 0 before the first release. */
  public long champion() {
    return releases.champion();
  }

  /** Whether a shutdown postponed a release, which has to be made before the student changes. */
  public boolean isReleasePostponed() {
    return releases.isPostponed();
  }

  /** Publishes the champion, if that has not been done. */
  public void publishChampion() throws InterruptedException {
    attempt(releases::publishChampion);
  }

  /** Why checkpoints are not written; empty while they are. Safe for all threads. */
  public Optional<String> failure() {
    return attempts.failure();
  }

  /**
   * Finishes a checkpoint that has been written, and says what is due. Nothing is due while a
   * checkpoint is being written, or while training may be about to be rolled back.
   *
   * @throws IllegalStateException if another trainer has replaced this one
   */
  public Due advance() throws InterruptedException {
    owner.require();
    confirmDeliveries();
    if (pending != null) {
      if (writer.isBusy()) {
        attempts.checkDuration(pending);
        return Due.NOTHING;
      }
      attempt(this::finish);
    }
    if (!session.guarded().isSettled()) {
      return Due.NOTHING;
    }
    if (!releases.hasUnwritten()) {
      releases.pollChampion(steps());
    }
    boolean due = attempts.isDue();
    // What failed is tried again after an interval, not after every batch.
    boolean mayTry = due || attempts.failure().isEmpty();
    if (mayTry && releases.isDue(steps())) {
      return prepareRelease() ? Due.RELEASE : Due.NOTHING;
    }
    if (mayTry && capture.replacesErased()) {
      return Due.CHECKPOINT;
    }
    return due ? Due.CHECKPOINT_IF_UNSAVED : Due.NOTHING;
  }

  /** Evaluates what the gate needs; false if the release cannot be made now. */
  private boolean prepareRelease() throws InterruptedException {
    if (!releases.isReady() && !attempts.run(this::requireBrokers)) {
      // An evaluation that takes minutes would be repeated at the next attempt.
      return false;
    }
    return releases.prepare(false);
  }

  /**
   * Captures a checkpoint and begins to write it.
   *
   * @param due as {@link #advance} has just returned it, not {@code NOTHING}
   */
  public void write(Due due, LoopPosition position) throws InterruptedException {
    if (due == Due.CHECKPOINT_IF_UNSAVED && !isUnsaved(position)) {
      publishChampion();
    } else {
      attempt(() -> begin(position, due == Due.RELEASE));
    }
  }

  /** Saves what is unsaved, makes the last release, and waits until it is published. */
  public void saveOnShutdown(LoopPosition position) throws InterruptedException {
    if (pending != null) {
      attempt(this::finish);
    }
    if (!session.guarded().isSettled()) {
      LOG.atWarn()
          .addKeyValue("step", steps())
          .addKeyValue("saved", saved.steps())
          .log("The last steps look like a divergence and are not saved; they will be repeated");
      return;
    }
    boolean release = releases.isDueOnShutdown(steps());
    boolean safe = true;
    if (release && !releases.isReady()) {
      // An evaluation may take longer than a shutdown may. So the training is saved before it, in a
      // checkpoint that says that a release is still to be made.
      releases.postpone();
      safe = !isUnsaved(position) || writeNow(position, false);
      release = safe && releases.prepare(true);
    }
    if (safe && (release || isUnsaved(position))) {
      writeNow(position, release);
    }
    replica.drain(attempts::heartbeat);
    publishChampion();
    attempt(() -> publisher.await(PUBLISH_TIMEOUT));
  }

  private boolean writeNow(LoopPosition position, boolean release) throws InterruptedException {
    return attempt(
        () -> {
          begin(position, release);
          finish();
        });
  }

  private void confirmDeliveries() {
    try {
      publisher.confirmDeliveries();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("A delivery cannot be noted");
    }
  }

  private boolean attempt(CheckpointAttempts.Part part) throws InterruptedException {
    boolean succeeded = attempts.run(part);
    if (succeeded && pending == null) {
      attempts.clearFailure();
    }
    return succeeded;
  }

  private boolean isUnsaved(LoopPosition position) {
    return releases.hasUnwritten()
        || (releases.isPostponed() && !saved.contest().postponed())
        || capture.isUnsaved(saved, position);
  }

  private void requireBrokers() throws IOException, InterruptedException {
    writeRelease();
    input.requireDeadLettersDelivered();
    input.requireSameTopic();
  }

  /** Captures everything as it is now, and begins to write it. */
  private void begin(LoopPosition position, boolean release)
      throws IOException, InterruptedException {
    long start = attempts.nanos();
    writeRelease();
    input.requireDeadLettersDelivered();
    PendingCheckpoint captured =
        capture.capture(position, saved, releases.promotion(release), release, start);
    session.guarded().checkpointed();
    writer.begin(TrainingSession.files(captured.state(), captured.snapshot()));
    pending = captured;
  }

  /** Waits until the pending checkpoint is durable, then publishes what depends on it. */
  private void finish() throws IOException, InterruptedException {
    PendingCheckpoint written = pending;
    pending = null;
    while (!writer.await(HEARTBEAT)) {
      // At a shutdown there is nothing to do but wait for a large one.
      attempts.heartbeat();
      attempts.checkDuration(written);
    }
    writer.finish();
    capture.durable(written);
    saved = written.state();
    releases.checkpointDurable(saved, written.snapshot().average(), written.measurements());
    attempts.durable(written);
    input.commit(saved.offsets());
    publisher.progress(session);
    writeRelease();
    replica.enqueue(saved.steps());
    releases.publishChampion();
  }

  /**
   * Writes the release of the last checkpoint, if that could not be done at once. No checkpoint
   * comes before it: after a crash, only the newest one is checked for a missing release.
   */
  private void writeRelease() throws IOException {
    if (releases.hasUnwritten()) {
      writer.requireOwner();
      releases.write();
    }
  }

  private long steps() {
    return session.training().steps();
  }
}
