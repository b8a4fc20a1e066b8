package io.stillstream.trainer.training.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import org.junit.jupiter.api.Test;

class PrequentialWindowTest {
  private static final float[] ZERO = {1, 0};
  private static final float[] ONE = {0, 1};

  private final PrequentialWindow window = new PrequentialWindow(4);

  @Test
  void shouldKnowNothingWithoutImages() {
    assertThat(window.studentAccuracy()).isEmpty();
    assertThat(window.agreement()).isEmpty();
    assertThat(window.teacherAccuracy()).isEmpty();
    assertThat(window.measures()).isEmpty();
    assertThat(window.confusion(2)).isEmpty();
  }

  @Test
  void shouldJudgeStudentAndTeacherByWhatThereIs() {
    // when
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ONE, 0, 2));
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(0)), ZERO, 0, 2));
    window.add(PrequentialOutcome.of(view(null, LabelTarget.of(1)), ZERO, 0, 2));
    window.add(PrequentialOutcome.of(view(ZERO, null), ZERO, 0, 2));

    // then
    assertThat(window.studentAccuracy()).hasValue(2.0 / 3);
    assertThat(window.teacherAccuracy()).hasValue(0.5);
    assertThat(window.agreement()).hasValue(2.0 / 3);
  }

  @Test
  void shouldCountWhatTheStudentSaysOfWhichLabel() {
    // when: a view without a label is nobody's
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ONE, 0, 2));
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ZERO, 0, 2));
    window.add(PrequentialOutcome.of(view(null, LabelTarget.of(1)), ZERO, 0, 2));
    window.add(PrequentialOutcome.of(view(ZERO, null), ZERO, 0, 2));

    // then
    assertThat(window.confusion(2).orElseThrow()).isDeepEqualTo(new long[][] {{0, 0}, {2, 1}});
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(0)), ZERO, 0, 2));
    assertThat(window.confusion(2).orElseThrow()).isDeepEqualTo(new long[][] {{1, 0}, {2, 0}});
  }

  @Test
  void shouldCountNothingOfTooManyClasses() {
    // when
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ONE, 0, 2));

    // then: a matrix of the second would have 4 * 10^18 cells
    assertThat(window.confusion(EvaluationResult.MOST_CONFUSED_CLASSES)).isPresent();
    assertThat(window.confusion(Integer.MAX_VALUE)).isEmpty();
  }

  @Test
  void shouldForgetTheOldest() {
    // given
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ZERO, 0, 2));

    // when
    for (int i = 0; i < 4; i++) {
      window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ONE, 0, 2));
    }

    // then
    assertThat(window.size()).isEqualTo(4);
    assertThat(window.studentAccuracy()).hasValue(1);
  }

  @Test
  void shouldGoOnFromWhatItSavedInAnotherSize() {
    // given
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ZERO, 0, 2));
    for (int i = 0; i < 4; i++) {
      window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), i < 2 ? ZERO : ONE, 0, 2));
    }
    PrequentialWindow smaller = new PrequentialWindow(3);

    // when
    smaller.restore(window.save());

    // then
    assertThat(smaller.size()).isEqualTo(3);
    assertThat(smaller.studentAccuracy()).hasValue(2.0 / 3);
    assertThat(smaller.agreement()).hasValue(2.0 / 3);
    assertThat(smaller.divergence()).isPresent();
  }

  @Test
  void shouldMeasureDivergenceAndCalibration() {
    // given: the student is sure of class 0 with 3/4, and right in one of two
    float[] student = {(float) Math.log(3), 0};
    float[] even = {0, 0};

    // when
    window.add(PrequentialOutcome.of(view(even, LabelTarget.of(0)), student, 0, 2));
    window.add(PrequentialOutcome.of(view(student, LabelTarget.of(1)), student, 0, 2));
    window.add(PrequentialOutcome.of(view(null, null), student, 0, 2));

    // then
    double expected = 0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25);
    assertThat(window.divergence().orElseThrow()).isCloseTo(expected / 2, within(1e-6));
    assertThat(window.calibrationError().orElseThrow()).isCloseTo(0.25, within(1e-6));
  }

  @Test
  void shouldMeasureByClass() {
    // when
    window.add(PrequentialOutcome.of(view(ONE, LabelTarget.of(1)), ONE, 0, 2));
    window.add(PrequentialOutcome.of(view(ZERO, LabelTarget.of(1)), ZERO, 0, 2));
    window.add(PrequentialOutcome.of(view(ONE, null), ZERO, 0, 2));

    // then
    assertThat(window.classScores(2)).containsExactly(Double.NaN, 0.5);
    assertThat(window.agreement(0)).hasValue(1);
    assertThat(window.agreement(1)).hasValue(0.5);
    assertThat(window.agreement(2)).isEmpty();
  }

  @Test
  void shouldLookAtTheLatestAlone() {
    // given
    window.add(PrequentialOutcome.of(view(ONE, null), ZERO, 0, 2));
    window.add(PrequentialOutcome.of(view(ONE, null), ONE, 0, 2));
    window.add(PrequentialOutcome.of(view(null, LabelTarget.of(0)), ONE, 0, 2));
    window.add(PrequentialOutcome.of(view(ONE, null), ONE, 0, 2));

    // when
    PrequentialWindow newest = window.newest(2);

    // then: images without logits do not count
    assertThat(newest.size()).isEqualTo(3);
    assertThat(newest.taught()).isEqualTo(2);
    assertThat(newest.agreement()).hasValue(1);
    assertThat(window.agreement()).hasValue(2.0 / 3);
    assertThat(window.newest(99).size()).isEqualTo(4);
    assertThat(new PrequentialWindow(4).newest(5).size()).isZero();
  }

  @Test
  void shouldBeginEmptyAfterAnOlderForm() {
    // given: one byte an image, which did not say what class it was
    window.add(PrequentialOutcome.of(view(ONE, null), ZERO, 0, 2));

    // when
    window.restore("BwcH");

    // then
    assertThat(window.size()).isZero();
    window.restore("");
    assertThat(window.size()).isZero();
  }

  private static TrainingExample view(float[] logits, LabelTarget target) {
    return new TrainingExample(PixelEncoding.RAW, new byte[0], logits, target, true);
  }
}
