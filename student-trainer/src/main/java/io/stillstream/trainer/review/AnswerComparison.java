package io.stillstream.trainer.review;

import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.values.Logits;

/**
 * The teacher's and the student's probabilities of one view, averaged over its cells; a
 * classification has one cell. Not finite where an answer is not.
 *
 * @param disagreement share of cells of which they favour different classes, 0 to 1
 * @param conflict over all cells, the mean of the product of both probabilities where they favour
 *     different classes, and of 0 elsewhere, 0 to 1
 * @param teacherConfidence mean probability of the teacher's favoured classes
 * @param studentConfidence the same of the student
 * @param teacher mean probability of each class, [K]
 * @param student the same of the student
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a view, then only read
record AnswerComparison(
    double disagreement,
    double conflict,
    double teacherConfidence,
    double studentConfidence,
    double[] teacher,
    double[] student) {

  /**
   * Compares two answers.
   *
   * @param teacher a row, see {@link OutputShape}
   * @param students rows, of which that with the index is compared
   */
  static AnswerComparison of(OutputShape shape, float[] teacher, float[] students, int index) {
    int cells = shape.cells();
    double differ = 0;
    double conflict = 0;
    double teacherConfidence = 0;
    double studentConfidence = 0;
    double[] teacherMean = new double[shape.channels()];
    double[] studentMean = new double[shape.channels()];
    for (int cell = 0; cell < cells; cell++) {
      double[] p = probabilities(teacher, cell, shape);
      double[] q = probabilities(students, index * shape.size() + cell, shape);
      int favoured = top(p);
      int answered = top(q);
      boolean differs = favoured != answered;
      differ += differs ? 1 : 0;
      conflict += differs ? p[favoured] * q[answered] : 0;
      teacherConfidence += p[favoured];
      studentConfidence += q[answered];
      for (int k = 0; k < p.length; k++) {
        teacherMean[k] += p[k] / cells;
        studentMean[k] += q[k] / cells;
      }
    }
    return new AnswerComparison(
        differ / cells,
        conflict / cells,
        teacherConfidence / cells,
        studentConfidence / cells,
        teacherMean,
        studentMean);
  }

  private static double[] probabilities(float[] rows, int first, OutputShape shape) {
    float[] logits = new float[shape.channels()];
    for (int k = 0; k < logits.length; k++) {
      logits[k] = rows[first + k * shape.cells()];
    }
    return Logits.probabilities(logits);
  }

  private static int top(double[] probabilities) {
    int top = 0;
    for (int k = 1; k < probabilities.length; k++) {
      top = probabilities[k] > probabilities[top] ? k : top;
    }
    return top;
  }
}
