package io.stillstream.trainer.loop;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.input.TeacherChangeDetector;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.review.ReviewRequester;
import io.stillstream.trainer.status.ProgressReporter;
import io.stillstream.trainer.training.GuardedTraining.BatchResult;
import java.util.List;
import java.util.Map;

/**
 * Records what has been trained: in the ledger, in the lineage of the student, as events, in the
 * statistics of augmentation, and as requests for review. Belongs to the loop's thread.
 */
public final class TrainingRecorder {
  private final Ledger ledger;
  private final long epoch;
  private final LineageTracker lineage;
  private final TeacherChangeDetector teachers;
  private final ProgressReporter reporter;
  private final AugmentationRecorder augmentation;
  private final ReviewRequester reviews;

  /**
   * @param epoch of the trainer in the ledger
   */
  public TrainingRecorder(
      Ledger ledger,
      long epoch,
      LineageTracker lineage,
      TeacherChangeDetector teachers,
      ProgressReporter reporter,
      AugmentationRecorder augmentation,
      ReviewRequester reviews) {
    this.ledger = ledger;
    this.epoch = epoch;
    this.lineage = lineage;
    this.teachers = teachers;
    this.reporter = reporter;
    this.augmentation = augmentation;
    this.reviews = reviews;
  }

  /** Records a batch of fresh views. */
  void batch(List<ConsumedView> batch, long firstStep, BatchResult result) {
    lineage.add(batch);
    ledger.append(
        epoch,
        firstStep,
        LineageTracker.offsets(batch),
        batch.size(),
        LineageTracker.teachers(batch),
        LineageTracker.traces(batch),
        result.reports().get(0).rate(),
        result.reports());
    augmentation.batch(batch, result.reports().get(0));
    reviews.offer(batch, firstStep - 1, result.originals().answers());
    teachers.detectTeacherChange(batch).ifPresent(reporter::teacherChanged);
    reporter.trainingEvents(result.events());
  }

  /** Records a replay step. */
  void replay(long step, BatchResult result) {
    double rate = result.reports().get(0).rate();
    ledger.append(epoch, step, Map.of(), 0, List.of(), List.of(), rate, result.reports());
    reporter.trainingEvents(result.events());
  }

  /** Sends the requests for review that are due. */
  void requestReviews(long nanos) {
    reviews.poll(nanos);
  }

  /** Teachers of the latest batch with a single set of them. */
  List<TeacherId> latestTeachers() {
    return teachers.current();
  }

  LineageTracker lineage() {
    return lineage;
  }
}
