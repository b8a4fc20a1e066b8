package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.erasure.ErasureCheckpointRotation;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.session.SessionSnapshot;
import io.stillstream.trainer.session.TrainingSession;
import java.io.IOException;
import java.util.Map;

/** Captures the state of the training for a checkpoint. Belongs to the loop's thread. */
public final class CheckpointCapture {
  private final TrainingSession session;
  private final CheckpointInput input;
  private final Ledger ledger;
  private final StudentEventPublisher events;
  private final ErasureCheckpointRotation erasures;
  private final ModelCardMetrics measurements;

  public CheckpointCapture(
      TrainingSession session,
      CheckpointInput input,
      Ledger ledger,
      StudentEventPublisher events,
      ErasureCheckpointRotation erasures,
      ModelCardMetrics measurements) {
    this.session = session;
    this.input = input;
    this.ledger = ledger;
    this.events = events;
    this.erasures = erasures;
    this.measurements = measurements;
  }

  /** Measurements of the student as it is now, for a model card. */
  Map<String, Double> measurements(double loss) {
    return measurements.now(loss);
  }

  /** Whether older checkpoints contain erased views, and have to be replaced by new ones. */
  boolean replacesErased() {
    return erasures.isOpen();
  }

  /** Whether there is anything that a durable checkpoint does not contain. */
  boolean isUnsaved(TrainerState saved, LoopPosition position) {
    return erasures.isOpen()
        || session.training().steps() > saved.steps()
        || !position.offsets().equals(saved.offsets())
        || !input.topicIdentity().equals(saved.source());
  }

  /**
   * Captures everything as it is now.
   *
   * @param saved state of the checkpoint before
   * @param promotion with the release, if the checkpoint is made for one
   * @param begunNanos when the checkpoint was begun
   * @throws IOException if something must not be saved, or not now
   */
  PendingCheckpoint capture(
      LoopPosition position,
      TrainerState saved,
      PromotionState promotion,
      boolean release,
      long begunNanos)
      throws IOException {
    SessionSnapshot snapshot = session.snapshot();
    TrainerState state = state(position, saved, promotion, release);
    // After the offsets were taken: so everything before them was of this topic.
    input.requireSameTopic();
    return new PendingCheckpoint(
        state,
        snapshot,
        release ? measurements.now(position.loss()) : Map.of(),
        erasures.round(),
        begunNanos);
  }

  /** A checkpoint is durable. */
  void durable(PendingCheckpoint checkpoint) {
    erasures.checkpointDurable(checkpoint.erasureRound());
  }

  private TrainerState state(
      LoopPosition position, TrainerState saved, PromotionState promotion, boolean release)
      throws IOException {
    TrainerState initial = session.initialState();
    long steps = session.training().steps();
    return new TrainerState(
        initial.student(),
        initial.modelSha256(),
        initial.topic(),
        position.offsets(),
        steps,
        session.training().viewsSeen(),
        initial.missed() + input.missed(),
        position.teachers(),
        position.policyHashes(),
        position.loss(),
        position.rate(),
        session.window().save(),
        saved.releaseVersion() + (release ? 1 : 0),
        release ? steps : saved.releaseStep(),
        ledger.sync(),
        events.undelivered(),
        promotion,
        session.guarded().save(),
        position.latestTeachers(),
        erasures.positions(),
        input.topicIdentity());
  }
}
