package io.stillstream.labeler.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GroundTruthTest {
  /** Softmax (1/4, 1/4, 1/2). */
  private static final float[] LOGITS = {3, 3, 3 + (float) Math.log(2)};

  @Test
  void shouldTellHitAndLossOfOneClass() {
    // when
    GroundTruth.Evaluation hit = GroundTruth.of(2).evaluate(LOGITS).orElseThrow();
    GroundTruth.Evaluation miss = GroundTruth.of(0).evaluate(LOGITS).orElseThrow();

    // then
    assertThat(hit.correct()).contains(true);
    assertThat(hit.loss()).isEqualTo(Math.log(2), within(1e-6));
    assertThat(miss.correct()).contains(false);
    assertThat(miss.loss()).isEqualTo(Math.log(4), within(1e-6));
  }

  @Test
  void shouldWeighTheLossOfMixedViewsAndCallThemNeitherRightNorWrong() {
    // when
    GroundTruth.Evaluation mixed = new GroundTruth(2, 0, 0.75).evaluate(LOGITS).orElseThrow();

    // then
    assertThat(mixed.correct()).isEmpty();
    assertThat(mixed.loss()).isEqualTo(0.75 * Math.log(2) + 0.25 * Math.log(4), within(1e-6));
  }

  @Test
  void shouldCallAMixtureOfOneClassWithItselfThatClass() {
    assertThat(new GroundTruth(2, 2, 0.75).evaluate(LOGITS).orElseThrow().correct()).contains(true);
  }

  @Test
  void shouldStayFiniteWhateverTheLogits() {
    assertThat(
            GroundTruth.of(0)
                .evaluate(new float[] {-Float.MAX_VALUE, Float.MAX_VALUE})
                .orElseThrow()
                .loss())
        .isFinite();
    assertThat(GroundTruth.of(0).evaluate(new float[] {1e6f, 0}).orElseThrow().loss()).isZero();
  }

  @Test
  void shouldNotJudgeByClassesThatTheTeacherDoesNotKnow() {
    assertThat(GroundTruth.of(3).evaluate(LOGITS)).isEmpty();
    assertThat(GroundTruth.of(-1).evaluate(LOGITS)).isEmpty();
    assertThat(new GroundTruth(0, 7, 0.5).evaluate(LOGITS)).isEmpty();
  }
}
