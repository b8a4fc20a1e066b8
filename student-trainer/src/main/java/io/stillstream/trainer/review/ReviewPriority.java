package io.stillstream.trainer.review;

import io.stillstream.schemas.ReviewReason;
import io.stillstream.trainer.config.ReviewSettings;
import java.util.Optional;

/**
 * Why, and how urgently, a person should look at an image. The most informative images are those on
 * which a committee disagrees (Seung, Opper and Sompolinsky, "Query by committee", 1992), then
 * those of which a model is least sure (Lewis and Gale, "A sequential algorithm for training text
 * classifiers", 1994).
 *
 * @param value 0 to 1: disagreements in the upper third, by how sure both are; an unsure teacher in
 *     the middle, an unsure student in the lower third, the least sure first
 */
record ReviewPriority(ReviewReason reason, double value) {
  private static final double THIRD = 1 / 3.0;

  /** Empty if there is no reason, or an answer is not finite. */
  static Optional<ReviewPriority> of(AnswerComparison answers, ReviewSettings settings) {
    double teacher = answers.teacherConfidence();
    double student = answers.studentConfidence();
    if (!Double.isFinite(teacher) || !Double.isFinite(student)) {
      return Optional.empty();
    }
    if (settings.reasons().contains(ReviewReason.DISAGREEMENT)
        && answers.disagreement() > 0
        && answers.disagreement() >= settings.minDisagreement()) {
      return Optional.of(
          new ReviewPriority(ReviewReason.DISAGREEMENT, (2 + answers.conflict()) * THIRD));
    }
    if (settings.reasons().contains(ReviewReason.UNSURE_TEACHER)
        && teacher < settings.unsureBelow()) {
      return Optional.of(new ReviewPriority(ReviewReason.UNSURE_TEACHER, (2 - teacher) * THIRD));
    }
    if (settings.reasons().contains(ReviewReason.UNSURE_STUDENT)
        && student < settings.unsureBelow()) {
      return Optional.of(new ReviewPriority(ReviewReason.UNSURE_STUDENT, (1 - student) * THIRD));
    }
    return Optional.empty();
  }
}
