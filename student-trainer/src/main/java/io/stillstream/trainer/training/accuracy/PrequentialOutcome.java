package io.stillstream.trainer.training.accuracy;

import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;

/**
 * What student and teacher said of one original before the student trained on it: classes.
 *
 * @param label class by the label, −1 without one
 * @param teacher class that the teacher favours, −1 where it was not asked
 * @param student class that the student favours
 * @param confidence of the student in that, 0 to 1
 * @param divergence KL(teacher ‖ student) in nats, NaN without a teacher
 * @param image number of the image; 0 if it is not known
 */
public record PrequentialOutcome(
    int label, int teacher, int student, float confidence, float divergence, long image)
    implements OriginalOutcome {
  private static final int NONE = -1;

  /** The same with another label. */
  PrequentialOutcome withLabel(int truth) {
    return new PrequentialOutcome(truth, teacher, student, confidence, divergence, image);
  }

  /** The same of an image that is not known. */
  PrequentialOutcome withoutImage() {
    return new PrequentialOutcome(label, teacher, student, confidence, divergence, 0);
  }

  /** Of a view, for which the student's logits are {@code [k·index, k·(index+1))}. */
  public static PrequentialOutcome of(TrainingExample view, float[] logits, int index, int k) {
    double[] student = Logits.logProbabilities(logits, index * k, k);
    int top = Logits.top(logits, index * k, k);
    float[] teacher = view.classLogits();
    boolean taught = teacher != null;
    return new PrequentialOutcome(
        view.target().map(LabelTarget::top).orElse(NONE),
        taught ? Logits.top(teacher, 0, k) : NONE,
        top,
        (float) Math.exp(student[top]),
        taught
            ? (float) Logits.divergence(Logits.logProbabilities(teacher, 0, k), student)
            : Float.NaN,
        // A label of one image says nothing of a mix.
        view.partner() == 0 ? view.image() : 0);
  }

  @Override
  public boolean isLabelled() {
    return label != NONE;
  }

  @Override
  public boolean isTaught() {
    return teacher != NONE;
  }

  @Override
  public double disagreement() {
    return isAgreed() ? 0 : 1;
  }

  @Override
  public double error() {
    return isRight() ? 0 : 1;
  }

  /** Whether the student gave the label; false without one. */
  public boolean isRight() {
    return label == student;
  }

  /** Whether the teacher gave the label; without either, meaningless. */
  boolean isTeacherRight() {
    return label == teacher;
  }

  /** Whether student and teacher favour the same class; false without a teacher. */
  public boolean isAgreed() {
    return teacher == student;
  }
}
