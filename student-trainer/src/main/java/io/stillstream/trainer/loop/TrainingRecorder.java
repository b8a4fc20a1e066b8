package io.stillstream.trainer.loop;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.input.LineageTracker;
import io.stillstream.trainer.input.TeacherChangeDetector;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.status.ProgressReporter;
import io.stillstream.trainer.training.GuardedTraining.BatchResult;
import java.util.List;
import java.util.Map;

/**
 * Records what has been trained: in the ledger, in the lineage of the student, as events, and in
 * the statistics of augmentation. Belongs to the loop's thread.
 */
public final class TrainingRecorder {
  private final Ledger ledger;
  private final long epoch;
  private final LineageTracker lineage;
  private final TeacherChangeDetector teachers;
  private final ProgressReporter reporter;
  private final AugmentationRecorder augmentation;

  /**
   * @param epoch of the trainer in the ledger
   */
  public TrainingRecorder(
      Ledger ledger,
      long epoch,
      LineageTracker lineage,
      TeacherChangeDetector teachers,
      ProgressReporter reporter,
      AugmentationRecorder augmentation) {
    this.ledger = ledger;
    this.epoch = epoch;
    this.lineage = lineage;
    this.teachers = teachers;
    this.reporter = reporter;
    this.augmentation = augmentation;
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
    teachers.detectTeacherChange(batch).ifPresent(reporter::teacherChanged);
    reporter.trainingEvents(result.events());
  }

  /** Records a replay step. */
  void replay(long step, BatchResult result) {
    double rate = result.reports().get(0).rate();
    ledger.append(epoch, step, Map.of(), 0, List.of(), List.of(), rate, result.reports());
    reporter.trainingEvents(result.events());
  }

  /** Teachers of the latest batch with a single set of them. */
  List<TeacherId> latestTeachers() {
    return teachers.current();
  }

  LineageTracker lineage() {
    return lineage;
  }
}
