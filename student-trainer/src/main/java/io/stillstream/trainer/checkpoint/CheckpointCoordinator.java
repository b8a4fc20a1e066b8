package io.stillstream.trainer.checkpoint;

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
 * Decides when checkpoints, and releases from them, are made. What fails is tried again later.
 * Belongs to the loop's thread, except {@link #failure}.
 */
public final class CheckpointCoordinator {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCoordinator.class);

  /** How long a shutdown waits for brokers to acknowledge releases. */
  private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(10);

  private final TrainingSession session;
  private final CheckpointLifecycle lifecycle;
  private final OwnerCheck owner;
  private final ReleaseController releases;
  private final ReleasePublisher publisher;
  private final Replica replica;
  private final CheckpointAttempts attempts;

  public CheckpointCoordinator(
      TrainingSession session,
      CheckpointLifecycle lifecycle,
      OwnerCheck owner,
      ReleaseController releases,
      ReleasePublisher publisher,
      Replica replica,
      CheckpointAttempts attempts) {
    this.session = session;
    this.lifecycle = lifecycle;
    this.owner = owner;
    this.releases = releases;
    this.publisher = publisher;
    this.replica = replica;
    this.attempts = attempts;
  }

  /** What is due. */
  public enum Due {
    NOTHING,
    /** A checkpoint, if anything is unsaved. */
    CHECKPOINT_IF_UNSAVED,
    CHECKPOINT,
    /** A checkpoint, and a release from it. */
    RELEASE
  }

  /** Makes the release of the checkpoint that training continues from, if a crash prevented it. */
  public void begin() throws IOException {
    lifecycle.resume();
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
    if (lifecycle.isBusy()) {
      return Due.NOTHING;
    }
    finishPending();
    if (publisher.isHeldReady()) {
      publishChampion();
    }
    if (!releases.hasUnwritten() && releases.pollChampion(steps())) {
      publishChampion();
    }
    if (!session.guarded().isSettled()) {
      return Due.NOTHING;
    }
    boolean due = attempts.isDue();
    // What failed is tried again after an interval, not after every batch.
    boolean mayTry = due || attempts.failure().isEmpty();
    if (mayTry && releases.isDue(steps())) {
      return prepareRelease() ? Due.RELEASE : Due.NOTHING;
    }
    // A choice is durable here, and soon elsewhere: in a checkpoint, and so in the store.
    if (mayTry && (lifecycle.replacesErased() || lifecycle.isChoiceUnsaved())) {
      return Due.CHECKPOINT;
    }
    return due ? Due.CHECKPOINT_IF_UNSAVED : Due.NOTHING;
  }

  /** Evaluates what the gate needs; false if the release cannot be made now. */
  private boolean prepareRelease() throws InterruptedException {
    if (!releases.isReady() && !attempts.run(lifecycle::requireBrokers)) {
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
    if (due == Due.CHECKPOINT_IF_UNSAVED && !lifecycle.isUnsaved(position)) {
      publishChampion();
    } else {
      attempt(() -> lifecycle.capture(position, due == Due.RELEASE));
    }
  }

  /** Saves what is unsaved, makes the last release, and waits until it is published. */
  public void saveOnShutdown(LoopPosition position) throws InterruptedException {
    finishPending();
    if (!session.guarded().isSettled()) {
      LOG.atWarn()
          .addKeyValue("step", steps())
          .addKeyValue("saved", lifecycle.savedSteps())
          .log("The last steps look like a divergence and are not saved; they will be repeated");
      return;
    }
    boolean release = releases.isDueOnShutdown(steps());
    boolean safe = true;
    if (release && !releases.isReady()) {
      // An evaluation may take longer than a shutdown may. So the training is saved before it, in a
      // checkpoint that says that a release is still to be made.
      releases.postpone();
      safe = !lifecycle.isUnsaved(position) || writeNow(position, false);
      release = safe && releases.prepare(true);
    }
    if (safe && (release || lifecycle.isUnsaved(position))) {
      writeNow(position, release);
    }
    replica.drain(attempts::heartbeat);
    publishChampion();
    attempt(() -> publisher.await(PUBLISH_TIMEOUT));
  }

  private boolean writeNow(LoopPosition position, boolean release) throws InterruptedException {
    return attempt(
        () -> {
          lifecycle.capture(position, release);
          lifecycle.finish();
        });
  }

  private void finishPending() throws InterruptedException {
    if (lifecycle.isPending()) {
      attempt(lifecycle::finish);
    }
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
    if (succeeded && !lifecycle.isPending()) {
      attempts.clearFailure();
    }
    return succeeded;
  }

  private long steps() {
    return session.training().steps();
  }
}
