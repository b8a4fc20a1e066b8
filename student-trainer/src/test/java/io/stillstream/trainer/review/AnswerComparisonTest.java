package io.stillstream.trainer.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.config.ReviewSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Expected numbers were computed from the softmax by hand: ln 2 and ln 3 make thirds and halves.
 */
class AnswerComparisonTest {
  private static final OutputShape CLASSES = OutputShape.classification(3);
  private static final OutputShape CELLS = OutputShape.segmentation(2, 1, 2, 4);
  private static final float LN2 = (float) Math.log(2);
  private static final float LN3 = (float) Math.log(3);
  private static final List<ReviewReason> ALL =
      List.of(ReviewReason.DISAGREEMENT, ReviewReason.UNSURE_TEACHER, ReviewReason.UNSURE_STUDENT);

  @Test
  void shouldCompareTheFavouredClassesOfAView() {
    // given: 1/4, 1/4, 1/2 of the teacher, and as the second row 3/5, 1/5, 1/5 of the student
    float[] students = {9, 9, 9, LN3, 0, 0};

    // when
    AnswerComparison compared = AnswerComparison.of(CLASSES, new float[] {0, 0, LN2}, students, 1);

    // then
    assertThat(compared.disagreement()).isEqualTo(1);
    assertThat(compared.conflict()).isCloseTo(0.3, within(1e-6));
    assertThat(compared.teacherConfidence()).isCloseTo(0.5, within(1e-6));
    assertThat(compared.studentConfidence()).isCloseTo(0.6, within(1e-6));
    assertThat(compared.teacher()).containsExactly(new double[] {.25, .25, .5}, within(1e-6));
    assertThat(compared.student()).containsExactly(new double[] {.6, .2, .2}, within(1e-6));
  }

  @Test
  void shouldAverageOverTheCellsOfAGrid() {
    // given: rows [K, h, w]; the first cell is 3/4 of class 0 for both, of the second one the
    // teacher says 2/3 of class 1 and the student 3/4 of class 0
    float[] teacher = {LN3, 0, 0, LN2};
    float[] student = {LN3, LN3, 0, 0};

    // when
    AnswerComparison compared = AnswerComparison.of(CELLS, teacher, student, 0);

    // then
    assertThat(compared.disagreement()).isEqualTo(0.5);
    assertThat(compared.conflict()).isCloseTo(0.25, within(1e-6));
    assertThat(compared.teacherConfidence()).isCloseTo((0.75 + 2 / 3.0) / 2, within(1e-6));
    assertThat(compared.studentConfidence()).isCloseTo(0.75, within(1e-6));
    assertThat(compared.teacher()[0]).isCloseTo((0.75 + 1 / 3.0) / 2, within(1e-6));
  }

  @Test
  void shouldPutDisagreementFirstThenTheTeacherThenTheStudent() {
    // given
    ReviewSettings all = settings(ALL, 0.25);
    AnswerComparison differing = compared(new float[] {0, 0, LN2}, LN3, 0, 0);
    AnswerComparison vagueTeacher = compared(new float[] {.1f, 0, 0}, 9, 0, 0);
    AnswerComparison vagueStudent = compared(new float[] {9, 0, 0}, .1f, 0, 0);

    // then
    assertThat(ReviewPriority.of(differing, all))
        .hasValueSatisfying(
            priority -> {
              assertThat(priority.reason()).isEqualTo(ReviewReason.DISAGREEMENT);
              assertThat(priority.value()).isCloseTo((2 + 0.3) / 3, within(1e-6));
            });
    double top = vagueTeacher.teacherConfidence();
    assertThat(top).isCloseTo(0.35592, within(1e-5));
    assertThat(ReviewPriority.of(vagueTeacher, all))
        .hasValue(new ReviewPriority(ReviewReason.UNSURE_TEACHER, (2 - top) * (1 / 3.0)));
    assertThat(ReviewPriority.of(vagueStudent, all))
        .hasValue(new ReviewPriority(ReviewReason.UNSURE_STUDENT, (1 - top) * (1 / 3.0)));
    assertThat(ReviewPriority.of(compared(new float[] {9, 0, 0}, 9, 0, 0), all)).isEmpty();
  }

  @Test
  void shouldLookOnlyForTheReasonsThatAreAskedFor() {
    // given: both differ, and are unsure
    AnswerComparison compared = compared(new float[] {.1f, 0, 0}, 0, .1f, 0);

    // then
    assertThat(ReviewPriority.of(compared, settings(List.of(ALL.get(0)), 0.25)))
        .map(ReviewPriority::reason)
        .hasValue(ReviewReason.DISAGREEMENT);
    assertThat(ReviewPriority.of(compared, settings(List.of(ALL.get(1)), 0.25)))
        .map(ReviewPriority::reason)
        .hasValue(ReviewReason.UNSURE_TEACHER);
    assertThat(ReviewPriority.of(compared, settings(List.of(ALL.get(2)), 0.25)))
        .map(ReviewPriority::reason)
        .hasValue(ReviewReason.UNSURE_STUDENT);
  }

  @Test
  void shouldTakeAnImageAsDisagreementOnlyFromAShareOfItsCellsOn() {
    // given: they differ on one of two cells
    AnswerComparison compared =
        AnswerComparison.of(CELLS, new float[] {LN3, 0, 0, LN2}, new float[] {LN3, LN3, 0, 0}, 0);

    // then
    assertThat(ReviewPriority.of(compared, settings(ALL, 0.5)))
        .map(ReviewPriority::reason)
        .hasValue(ReviewReason.DISAGREEMENT);
    assertThat(ReviewPriority.of(compared, settings(ALL, 0.51))).isEmpty();
  }

  @Test
  void shouldPassOverAnswersThatAreNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThat(ReviewPriority.of(compared(new float[] {1, 0, 0}, 0, bad, 0), settings(ALL, 0)))
          .isEmpty();
    }
  }

  private static AnswerComparison compared(float[] teacher, float... student) {
    return AnswerComparison.of(CLASSES, teacher, student, 0);
  }

  private static ReviewSettings settings(List<ReviewReason> reasons, double minDisagreement) {
    return new ReviewSettings(1, reasons, minDisagreement, 0.5, 10, 10);
  }
}
