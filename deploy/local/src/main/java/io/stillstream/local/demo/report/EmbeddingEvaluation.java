package io.stillstream.local.demo.report;

import io.stillstream.local.data.LabeledImages;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.CosineSimilarity;
import io.stillstream.schemas.answer.ModelTask;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Embeddings of student and teacher for images that neither trained on, and what a {@link
 * LinearProbe} reads from each. Probes see directions only: vectors of length 1, as the length of a
 * student's vectors means nothing to a loss by cosine.
 *
 * @param cosine mean cosine between both, −1 to 1
 * @param studentProbeAccuracy share of the images that a probe on the released student's embeddings
 *     gets right, 0 to 1
 * @param teacherProbeAccuracy the same for the teacher's embeddings
 */
public record EmbeddingEvaluation(
    double cosine, double studentProbeAccuracy, double teacherProbeAccuracy)
    implements TaskEvaluation {
  /** A vector of zeros has no direction. */
  private static final double SMALLEST_NORM = 1e-8;

  /**
   * Measures.
   *
   * @param train images whose labels the probes are fitted to
   * @param fitted how many of them, the first ones
   * @param tell takes a line about images that could not be decoded, which are left out
   */
  static EmbeddingEvaluation of(
      ModelSpec student,
      ModelSpec teacher,
      LabeledImages train,
      int fitted,
      LabeledImages test,
      Consumer<String> tell) {
    int classes = 1 + IntStream.range(0, fitted).map(train::label).max().orElseThrow();
    LinearProbe ofStudent = new LinearProbe(student.output().channels(), classes);
    LinearProbe ofTeacher = new LinearProbe(teacher.output().channels(), classes);
    Counts counts = new Counts();
    try (PairedAnswers answers = PairedAnswers.open(student, teacher, tell)) {
      answers.visit(
          train,
          fitted,
          "training",
          (image, first, second) -> {
            ofStudent.add(direction(first), train.label(image));
            ofTeacher.add(direction(second), train.label(image));
          });
      LinearProbe.Weights studentProbe = ofStudent.fit();
      LinearProbe.Weights teacherProbe = ofTeacher.fit();
      answers.visit(
          test,
          test.size(),
          "test",
          (image, first, second) -> {
            counts.images++;
            counts.cosine += cosine(first, second);
            counts.student += studentProbe.top(direction(first)) == test.label(image) ? 1 : 0;
            counts.teacher += teacherProbe.top(direction(second)) == test.label(image) ? 1 : 0;
          });
    }
    return new EmbeddingEvaluation(
        counts.cosine / counts.images,
        (double) counts.student / counts.images,
        (double) counts.teacher / counts.images);
  }

  @Override
  public ModelTask task() {
    return ModelTask.EMBEDDING;
  }

  @Override
  public List<Score> scores() {
    return List.of(
        new Score("cosine", "cosine", cosine),
        new Score("student's probe", "student_probe_accuracy", studentProbeAccuracy),
        new Score("teacher's probe", "teacher_probe_accuracy", teacherProbeAccuracy));
  }

  /** A vector of zeros has nothing in common with another. */
  private static double cosine(float[] student, float[] teacher) {
    double cosine = CosineSimilarity.of(student, teacher);
    return Double.isNaN(cosine) ? 0 : cosine;
  }

  private static double[] direction(float[] embedding) {
    double squares = 0;
    for (float x : embedding) {
      squares += (double) x * x;
    }
    double norm = Math.max(SMALLEST_NORM, Math.sqrt(squares));
    double[] direction = new double[embedding.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = embedding[i] / norm;
    }
    return direction;
  }

  /** Sums over the test images. */
  private static final class Counts {
    private int images;
    private double cosine;
    private int student;
    private int teacher;
  }
}
