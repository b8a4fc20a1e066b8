package io.stillstream.teacher.labels;

import io.stillstream.teacher.labels.Answer.Labeled;
import io.stillstream.teacher.labels.Answer.Reason;
import io.stillstream.teacher.labels.Answer.Refused;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts views before a teacher. A batch on which the teacher fails is halved, and its halves too,
 * until the view that is to blame stands alone: one poisonous view costs at most 2·log2(N) further
 * questions, and no other view its label.
 *
 * <p>No view is to blame if the teacher fails on a view that it is known to answer: a device out of
 * order fails on everything, and would otherwise turn the whole stream into dead letters.
 */
public final class Examiner {
  private final Teacher teacher;

  public Examiner(Teacher teacher) {
    this.teacher = teacher;
  }

  /**
   * Answers in the order of the views, one for each.
   *
   * @throws BrokenTeacherException if the teacher fails on a view alone and on its {@link
   *     Teacher#knownGood} too; no view is answered then
   */
  public List<Answer> examine(List<byte[]> views) {
    List<Answer> answers = new ArrayList<>(views.size());
    if (!views.isEmpty()) {
      examine(views, answers);
    }
    return answers;
  }

  private void examine(List<byte[]> views, List<Answer> answers) {
    float[][] logits;
    try {
      logits = teacher.logits(views);
    } catch (InferenceException e) {
      if (views.size() == 1) {
        requireSound(e);
        answers.add(new Refused(Reason.INFERENCE, e.getMessage()));
      } else {
        int half = views.size() / 2;
        examine(views.subList(0, half), answers);
        examine(views.subList(half, views.size()), answers);
      }
      return;
    }
    for (float[] row : logits) {
      answers.add(judge(row));
    }
  }

  private void requireSound(InferenceException failure) {
    float[][] logits;
    try {
      logits = teacher.logits(List.of(teacher.knownGood()));
    } catch (InferenceException e) {
      e.addSuppressed(failure);
      throw new BrokenTeacherException(
          "the teacher fails on a view that it has answered before: " + e.getMessage(), e);
    }
    if (judge(logits[0]) instanceof Refused refused) {
      throw new BrokenTeacherException(
          "the teacher fails on a view (%s), and of one that it has answered before %s"
              .formatted(failure.getMessage(), refused.message()),
          failure);
    }
  }

  private static Answer judge(float[] logits) {
    for (int k = 0; k < logits.length; k++) {
      if (!Float.isFinite(logits[k])) {
        return new Refused(Reason.NON_FINITE, "the logit of class " + k + " is " + logits[k]);
      }
    }
    return new Labeled(logits);
  }
}
