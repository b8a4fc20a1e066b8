package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.replica.Replica;
import io.stillstream.trainer.session.SessionSnapshot;
import io.stillstream.trainer.session.TrainingSession;
import java.io.IOException;
import java.time.Duration;

/**
 * One checkpoint after the other: captured in memory, written by another thread while training goes
 * on, and then published. Whatever leaves the trainer because of a checkpoint leaves after it is
 * durable. Belongs to the loop's thread.
 */
public final class CheckpointLifecycle {
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private final TrainingSession session;
  private final CheckpointCapture capture;
  private final LabeledViewConsumer consumer;
  private final AsyncCheckpointWriter writer;
  private final ReleaseController releases;
  private final ReleasePublisher publisher;
  private final Replica replica;
  private final CheckpointAttempts attempts;

  /** State of the last durable checkpoint. */
  private TrainerState saved;

  /** The checkpoint that is being written; null if there is none. */
  private PendingCheckpoint pending;

  public CheckpointLifecycle(
      TrainingSession session,
      CheckpointCapture capture,
      LabeledViewConsumer consumer,
      AsyncCheckpointWriter writer,
      ReleaseController releases,
      ReleasePublisher publisher,
      Replica replica,
      CheckpointAttempts attempts) {
    this.session = session;
    this.capture = capture;
    this.consumer = consumer;
    this.writer = writer;
    this.releases = releases;
    this.publisher = publisher;
    this.replica = replica;
    this.attempts = attempts;
    this.saved = session.initialState();
  }

  /** Makes the release of the checkpoint that training continues from, if a crash prevented it. */
  void resume() throws IOException {
    publisher.checkpointQueued(saved.promotion().champion(), Replica.AT_START);
    if (session.isResumed()) {
      releases.begin(saved, session.savedAverage(), () -> capture.measurements(saved.loss()));
    } else {
      releases.begin(saved);
    }
  }

  /** Whether a checkpoint is being written, or has been and is not finished. */
  boolean isPending() {
    return pending != null;
  }

  /** Whether a checkpoint is being written. */
  boolean isBusy() {
    boolean busy = pending != null && writer.isBusy();
    if (busy) {
      attempts.checkDuration(pending);
    }
    return busy;
  }

  /** Whether older checkpoints contain erased views, and have to be replaced by new ones. */
  boolean replacesErased() {
    return capture.replacesErased();
  }

  /** Whether a person has chosen another champion than the last durable checkpoint has. */
  boolean isChoiceUnsaved() {
    return !releases.hasUnwritten() && releases.champion() != saved.promotion().champion();
  }

  /** Optimiser steps in the last durable checkpoint. */
  long savedSteps() {
    return saved.steps();
  }

  /** Whether there is anything that the last durable checkpoint does not contain. */
  boolean isUnsaved(LoopPosition position) {
    return releases.hasUnwritten()
        || isChoiceUnsaved()
        || (releases.isPostponed() && !saved.promotion().postponed())
        || capture.isUnsaved(saved, position);
  }

  /** Checks what would let a checkpoint fail after a long evaluation. */
  void requireBrokers() throws IOException, InterruptedException {
    writeRelease();
    capture.requireDeadLettersDelivered();
    capture.requireSameTopic();
  }

  /**
   * Captures everything as it is now, and begins to write it.
   *
   * @param due whether a release is due; it is not made of a student that must not be released
   */
  void capture(LoopPosition position, boolean due) throws IOException, InterruptedException {
    long start = attempts.nanos();
    writeRelease();
    capture.requireDeadLettersDelivered();
    SessionSnapshot snapshot = session.snapshot();
    boolean release = due && releases.export(snapshot.average(), session.training().steps());
    PendingCheckpoint captured =
        capture.capture(position, snapshot, saved, releases.promotion(release), release, start);
    session.guarded().checkpointed();
    writer.begin(
        TrainingSession.content(captured.state(), captured.snapshot(), captured.afterErasure())
            .plus(captured.parts()));
    pending = captured;
  }

  /** Waits until the pending checkpoint is durable, then publishes what depends on it. */
  void finish() throws IOException, InterruptedException {
    PendingCheckpoint written = pending;
    pending = null;
    while (!writer.await(HEARTBEAT)) {
      // At a shutdown there is nothing to do but wait for a large one.
      attempts.heartbeat();
      attempts.checkDuration(written);
    }
    WrittenCheckpoint durable = writer.finish();
    capture.durable(written);
    saved = written.state();
    releases.checkpointDurable(saved, written.snapshot().average(), written.measurements());
    attempts.durable(written, durable);
    consumer.commit(saved.offsets(), saved.labels());
    publisher.progress(session);
    writeRelease();
    long copy = replica.enqueue(saved.steps());
    publisher.checkpointQueued(saved.promotion().champion(), copy);
    releases.publishChampion();
  }

  /**
   * Writes the release of the last checkpoint, if that could not be done at once. No checkpoint
   * comes before it: after a crash, only the newest one is checked for a missing release.
   */
  private void writeRelease() throws IOException {
    if (releases.hasUnwritten()) {
      releases.write();
    }
  }
}
