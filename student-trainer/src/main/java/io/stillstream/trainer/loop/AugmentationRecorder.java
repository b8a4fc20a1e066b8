package io.stillstream.trainer.loop;

import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.AugmentationStatistics;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.ViewAugmentation;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainerMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Counts what augmentation does to the answers of teacher and student on the fresh views that are
 * trained on. The student's answers are those of the step itself, before it.
 */
public final class AugmentationRecorder {
  private final AugmentationStatistics statistics;
  private final TrainerMetrics metrics;

  public AugmentationRecorder(AugmentationStatistics statistics, TrainerMetrics metrics) {
    this.statistics = statistics;
    this.metrics = metrics;
  }

  /**
   * Counts a batch.
   *
   * @param step on these views, and perhaps on others after them; counts nothing if it was skipped
   */
  void batch(List<ConsumedView> batch, StepReport step) {
    if (step.skipped()) {
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      ViewAugmentation augmentation = batch.get(i).augmentation();
      Optional<AnswerShift> student = student(batch.get(i).view().classLogits(), step.logits(), i);
      statistics.add(
          augmentation.keys(),
          new ViewAnswers(augmentation.teacher(), augmentation.correct(), student));
      student.ifPresent(
          shift -> augmentation.keys().forEach(key -> metrics.answerCompared(key, shift)));
    }
  }

  /**
   * Compares a student's answer with the teacher's.
   *
   * @param teacher logits [K]; null without, and unless the task is classification
   * @param students logits [N·K]
   * @return empty without a teacher, and where the divergence is not finite: it would stay in sums
   */
  private static Optional<AnswerShift> student(float[] teacher, float[] students, int row) {
    if (teacher == null) {
      return Optional.empty();
    }
    int classes = teacher.length;
    float[] answer = Arrays.copyOfRange(students, row * classes, (row + 1) * classes);
    return Optional.of(AnswerShift.between(teacher, answer))
        .filter(shift -> Double.isFinite(shift.divergence()));
  }
}
