package io.stillstream.runtime.augmentation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts of what augmentation does to the answers of teacher and student, for each operation and
 * bin of its strength. A view counts for each of its operations. Safe for several threads.
 */
public final class AugmentationStatistics {
  private final Map<OperationStrength, Totals> totals = new HashMap<>();

  /**
   * What is known of a view's answers. Nothing is known of those of other tasks than
   * classification: such views are only counted.
   *
   * @param teacher the teacher's answer compared with its answer on view 0
   * @param correct whether the teacher's class is the label
   * @param student the student's answer compared with the teacher's on the same view
   */
  public record ViewAnswers(
      Optional<AnswerShift> teacher, Optional<Boolean> correct, Optional<AnswerShift> student) {}

  /**
   * Compared answers.
   *
   * @param views that were compared
   * @param sameClass those of them with the same class
   * @param divergence sum over them, nats
   */
  public record ShiftTotal(long views, long sameClass, double divergence) {
    /** Share with the same class; NaN for none. */
    public double agreement() {
      return (double) sameClass / views;
    }

    /** Mean divergence, nats; NaN for none. */
    public double meanDivergence() {
      return divergence / views;
    }
  }

  /**
   * The counts of one operation and strength.
   *
   * @param views all that had it
   * @param teacher the teacher's answers compared with those on view 0
   * @param labelled views with a label of one class
   * @param correct those of them whose label the teacher's answer is
   * @param student the student's answers compared with the teacher's
   */
  public record AugmentationRow(
      OperationStrength key,
      long views,
      ShiftTotal teacher,
      long labelled,
      long correct,
      ShiftTotal student) {
    /** Share of labelled views that the teacher answers rightly; NaN for none. */
    public double teacherAccuracy() {
      return (double) correct / labelled;
    }
  }

  /** Counts a view for all its keys. */
  public synchronized void add(List<OperationStrength> keys, ViewAnswers answers) {
    for (OperationStrength key : keys) {
      totals.computeIfAbsent(key, unused -> new Totals()).add(answers);
    }
  }

  /** All that was counted so far, in the order of the keys. */
  public synchronized List<AugmentationRow> rows() {
    List<AugmentationRow> rows = new ArrayList<>();
    totals.forEach((key, total) -> rows.add(total.row(key)));
    rows.sort(Comparator.comparing(AugmentationRow::key));
    return rows;
  }

  private static final class Totals {
    private final Sum teacher = new Sum();
    private final Sum student = new Sum();
    private long views;
    private long labelled;
    private long correct;

    void add(ViewAnswers answers) {
      views++;
      answers.teacher().ifPresent(teacher::add);
      answers.student().ifPresent(student::add);
      if (answers.correct().isPresent()) {
        labelled++;
        correct += answers.correct().get() ? 1 : 0;
      }
    }

    AugmentationRow row(OperationStrength key) {
      return new AugmentationRow(key, views, teacher.total(), labelled, correct, student.total());
    }
  }

  private static final class Sum {
    private long views;
    private long sameClass;
    private double divergence;

    void add(AnswerShift shift) {
      views++;
      sameClass += shift.sameClass() ? 1 : 0;
      divergence += shift.divergence();
    }

    ShiftTotal total() {
      return new ShiftTotal(views, sameClass, divergence);
    }
  }
}
