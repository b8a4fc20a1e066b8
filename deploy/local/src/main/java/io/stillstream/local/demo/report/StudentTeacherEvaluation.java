package io.stillstream.local.demo.report;

import io.stillstream.local.data.LabeledImages;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.values.Logits;
import java.util.List;
import java.util.function.Consumer;

/**
 * Classes that student and teacher name for images that neither trained on.
 *
 * @param studentAccuracy share of the images that the released student gets right, 0 to 1
 * @param teacherAccuracy the same for the teacher
 * @param agreement share of the images on which both name the same class
 */
public record StudentTeacherEvaluation(
    double studentAccuracy, double teacherAccuracy, double agreement) implements TaskEvaluation {

  /**
   * Measures.
   *
   * @param tell takes a line about images that could not be decoded, which are left out
   * @throws io.stillstream.local.exit.CommandFailedException when none could be
   */
  static StudentTeacherEvaluation of(
      ModelSpec student, ModelSpec teacher, LabeledImages test, Consumer<String> tell) {
    Counts counts = new Counts();
    try (PairedAnswers answers = PairedAnswers.open(student, teacher, tell)) {
      answers.visit(
          test,
          test.size(),
          "test",
          (image, said, taught) ->
              counts.add(test.label(image), Logits.top(said), Logits.top(taught)));
    }
    return counts.evaluation();
  }

  @Override
  public ModelTask task() {
    return ModelTask.CLASSIFICATION;
  }

  @Override
  public List<Score> scores() {
    return List.of(
        new Score("student accuracy", "student_accuracy", studentAccuracy),
        new Score("teacher accuracy", "teacher_accuracy", teacherAccuracy),
        new Score("agreement", "agreement", agreement));
  }

  /** Counts of what was right. */
  private static final class Counts {
    private int images;
    private int student;
    private int teacher;
    private int agreed;

    void add(int truth, int said, int taught) {
      images++;
      student += said == truth ? 1 : 0;
      teacher += taught == truth ? 1 : 0;
      agreed += said == taught ? 1 : 0;
    }

    StudentTeacherEvaluation evaluation() {
      return new StudentTeacherEvaluation(share(student), share(teacher), share(agreed));
    }

    private double share(int count) {
      return (double) count / images;
    }
  }
}
