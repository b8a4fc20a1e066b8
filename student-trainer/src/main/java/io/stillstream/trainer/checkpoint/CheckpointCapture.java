package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.CheckpointPart;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.erasure.ErasureCheckpointRotation;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.session.SessionSnapshot;
import io.stillstream.trainer.session.TrainingSession;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Captures the state of the training for a checkpoint. Offsets may be saved only if all dead
 * letters before them are delivered, and the topic is still the same. Belongs to the loop's thread.
 */
public final class CheckpointCapture {
  private final TrainingSession session;
  private final LabeledViewConsumer consumer;
  private final DeadLetterProducer deadLetters;
  private final Ledger ledger;
  private final StudentEventPublisher events;
  private final ErasureCheckpointRotation erasures;
  private final ModelCardMetrics measurements;
  private final List<CheckpointPart> parts;

  /**
   * @param parts what else is kept in checkpoints
   */
  public CheckpointCapture(
      TrainingSession session,
      LabeledViewConsumer consumer,
      DeadLetterProducer deadLetters,
      Ledger ledger,
      StudentEventPublisher events,
      ErasureCheckpointRotation erasures,
      ModelCardMetrics measurements,
      List<CheckpointPart> parts) {
    this.session = session;
    this.consumer = consumer;
    this.deadLetters = deadLetters;
    this.ledger = ledger;
    this.events = events;
    this.erasures = erasures;
    this.measurements = measurements;
    this.parts = List.copyOf(parts);
  }

  /** Waits for the delivery of dead letters, for a bounded time. */
  void requireDeadLettersDelivered() throws IOException, InterruptedException {
    if (!deadLetters.confirm()) {
      throw new IOException("brokers have not taken the dead letters before the checkpoint");
    }
  }

  /** Checks that everything read so far is of the same topic. */
  void requireSameTopic() throws IOException {
    if (!consumer.verify()) {
      throw new IOException(
          "brokers do not say whether "
              + session.initialState().topic()
              + " is still the topic that the offsets are of");
    }
  }

  /** Measurements of the student as it is now, for a model card. */
  ReleaseMeasurements measurements(double loss) {
    return measurements.now(loss);
  }

  /** Whether older checkpoints contain erased views, and have to be replaced by new ones. */
  boolean replacesErased() {
    return erasures.isOpen();
  }

  /** Whether there is anything that a durable checkpoint does not contain. */
  boolean isUnsaved(TrainerState saved, LoopPosition position) {
    return erasures.isOpen()
        || parts.stream().anyMatch(CheckpointPart::isUnsaved)
        || session.training().steps() > saved.steps()
        || !position.offsets().equals(saved.offsets())
        || !position.labels().equals(saved.labels())
        || !consumer.identity().equals(saved.source());
  }

  /**
   * Captures everything as it is now.
   *
   * @param snapshot of the session as it is now
   * @param saved state of the checkpoint before
   * @param promotion with the release, if the checkpoint is made for one
   * @param begunNanos when the checkpoint was begun
   * @throws IOException if something must not be saved, or not now
   */
  PendingCheckpoint capture(
      LoopPosition position,
      SessionSnapshot snapshot,
      TrainerState saved,
      PromotionState promotion,
      boolean release,
      long begunNanos)
      throws IOException {
    TrainerState state = state(position, saved, promotion, release);
    // After the offsets were taken: so everything before them was of this topic.
    requireSameTopic();
    Map<String, CheckpointStore.FileContent> files = new LinkedHashMap<>();
    parts.forEach(part -> part.capture(files));
    return new PendingCheckpoint(
        state,
        snapshot,
        files,
        release ? measurements.now(position.loss()) : ReleaseMeasurements.NONE,
        erasures.round(),
        erasures.isFirstMissing(),
        begunNanos);
  }

  void durable(PendingCheckpoint checkpoint) {
    erasures.checkpointDurable(checkpoint.erasureRound());
    parts.forEach(CheckpointPart::durable);
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
        initial.missed() + consumer.missed(),
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
        consumer.identity(),
        position.labels());
  }
}
