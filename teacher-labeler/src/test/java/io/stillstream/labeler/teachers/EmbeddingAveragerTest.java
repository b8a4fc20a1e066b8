package io.stillstream.labeler.teachers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingAveragerTest {
  @Test
  void shouldAverageDirectionsByWeight() {
    // given
    EmbeddingAverager averager = new EmbeddingAverager(List.of(3.0, 1.0));

    // when: of the lengths 200 and 1
    float[] mean = averager.average(new float[][] {{200, 0}, {0, 1}});

    // then: (3/4, 1/4) of length 1
    assertThat(averager.weights()).containsExactly(0.75, 0.25);
    assertThat(mean)
        .containsExactly(
            new float[] {(float) (3 / Math.sqrt(10)), (float) (1 / Math.sqrt(10))}, within(1e-6f));
  }

  @Test
  void shouldKeepTheScaleOfVeryLongAndVeryShortVectors() {
    assertThat(
            new EmbeddingAverager(List.of(1.0, 1.0))
                .average(new float[][] {{3e38f, 0}, {0, 1e-38f}}))
        .containsExactly(
            new float[] {(float) Math.sqrt(0.5), (float) Math.sqrt(0.5)}, within(1e-6f));
  }

  @Test
  void shouldLeaveOutWhatHasNoDirection() {
    // given: as good as all weight is on the second teacher
    EmbeddingAverager averager = new EmbeddingAverager(List.of(1e-15, 1.0));

    // then
    assertThat(averager.average(new float[][] {{3, 4}, {0, 0}}))
        .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
  }

  @Test
  void shouldGiveZerosWhereThereIsNoDirection() {
    // given
    EmbeddingAverager averager = new EmbeddingAverager(List.of(1.0, 1.0));
    EmbeddingAverager three = new EmbeddingAverager(List.of(1.0, 1.0, 2.0));

    // then: also if rounding leaves a last digit
    assertThat(averager.average(new float[][] {{0, 0}, {0, -0f}})).containsExactly(0, 0);
    assertThat(averager.average(new float[][] {{1, 2}, {-2, -4}})).containsExactly(0, 0);
    assertThat(three.average(new float[][] {{1, 2}, {3, 6}, {-7, -14}})).containsExactly(0, 0);
  }

  @Test
  void shouldHideNoNumberThatIsNotFinite() {
    // given
    EmbeddingAverager averager = new EmbeddingAverager(List.of(1.0, 1.0));

    // then
    assertThat(averager.average(new float[][] {{0, 0}, {Float.NaN, 1}})).containsOnly(Float.NaN);
    assertThat(averager.average(new float[][] {{1, 2}, {Float.NaN, 1}})).containsOnly(Float.NaN);
    assertThat(averager.average(new float[][] {{1, 2}, {Float.POSITIVE_INFINITY, 1}}))
        .containsOnly(Float.NaN);
  }

  @Test
  void shouldRefuseAnswersThatDoNotFit() {
    // given
    EmbeddingAverager averager = new EmbeddingAverager(List.of(1.0, 1.0));

    // then
    assertThatIllegalArgumentException()
        .isThrownBy(() -> averager.average(new float[][] {{1, 2}}))
        .withMessage("there are 2 teachers, but answers of 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> averager.average(new float[][] {{1, 2}, {1}}))
        .withMessage("the answer of teacher 1 has 1 numbers, that of teacher 0 2");
  }
}
