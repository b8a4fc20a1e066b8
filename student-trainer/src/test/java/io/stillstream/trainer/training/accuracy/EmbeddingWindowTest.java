package io.stillstream.trainer.training.accuracy;

import static io.stillstream.trainer.training.accuracy.TaskViews.embedded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.answer.OutputShape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingWindowTest {
  private static final TaskScorer SCORER = TaskScorer.of(OutputShape.embedding(2));
  private final EmbeddingWindow window = new EmbeddingWindow(3);

  @Test
  void shouldMeasureTheMeanCosine() {
    // when: (3, 4) with (4, 3) is 24 / 25; a right angle; a view without a teacher
    window.add(SCORER.outcome(embedded(3, 4), new float[] {9, 9, 4, 3}, 1));
    window.add(SCORER.outcome(embedded(1, 0), new float[] {0, 2}, 0));
    window.add(SCORER.outcome(embedded((float[]) null), new float[] {1, 1}, 0));

    // then
    assertThat(window.size()).isEqualTo(3);
    assertThat(window.taught()).isEqualTo(2);
    assertThat(window.agreement().orElseThrow()).isCloseTo(0.48, within(1e-6));
    assertThat(window.measures())
        .containsOnlyKeys(Measure.PREQUENTIAL_COSINE)
        .containsEntry(Measure.PREQUENTIAL_COSINE, window.agreement().getAsDouble());
    assertThat(window.studentAccuracy()).isEmpty();
    assertThat(window.confusion(2)).isEmpty();
    assertThat(window.classScores(2)).isEmpty();
    assertThat(window.newest(1).agreement()).hasValue(0);
  }

  @Test
  void shouldGoOnFromWhatItSaved() {
    // given
    assertThat(window.measures()).isEmpty();
    window.add(SCORER.outcome(embedded(3, 4), new float[] {4, 3}, 0));
    window.add(SCORER.outcome(embedded((float[]) null), new float[] {4, 3}, 0));
    EmbeddingWindow resumed = new EmbeddingWindow(2);
    resumed.add(new EmbeddingOutcome(-1));

    // when
    resumed.restore(window.save());

    // then
    assertThat(resumed.save()).isEqualTo(window.save()).startsWith("e1:");
    assertThat(resumed.measures()).isEqualTo(window.measures());
    assertThat(resumed.taught()).isEqualTo(1);
    resumed.restore("");
    assertThat(resumed.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(floats = {0, Float.NaN, Float.POSITIVE_INFINITY})
  void shouldFindNothingInCommonWithWhatHasNoDirection(float value) {
    // when
    OriginalOutcome outcome = SCORER.outcome(embedded(3, 4), new float[] {value, value}, 0);

    // then: drift detection takes no NaN, and a gate must not let it pass
    assertThat(outcome.disagreement()).isEqualTo(1);
    assertThat(SCORER.scores(embedded(3, 4), GateMetric.AUTO, 0, List.of(new float[] {value, 0})))
        .containsExactly(0);
  }

  @Test
  void shouldBoundWhatDriftDetectionSees() {
    assertThat(SCORER.outcome(embedded(1, 2), new float[] {-1, -2}, 0).disagreement()).isEqualTo(1);
    assertThat(SCORER.outcome(embedded(1, 2), new float[] {3, 6}, 0).disagreement()).isZero();
  }

  @Test
  void shouldScoreByTheTeacherAlone() {
    // given
    List<float[]> answers = List.of(new float[] {4, 3}, new float[] {-3, -4});

    // when, then
    assertThat(SCORER.scores(embedded(3, 4), GateMetric.AGREEMENT, 0, answers))
        .containsExactly(new double[] {0.96, -1}, within(1e-12));
    assertThat(SCORER.scores(embedded(3, 4), GateMetric.ACCURACY, 0, answers))
        .containsOnly(Double.NaN);
    assertThat(SCORER.scores(embedded((float[]) null), GateMetric.AUTO, 0, answers))
        .containsOnly(Double.NaN);
  }

  @Test
  void shouldEvaluateOnHeldOutViewsThatHaveATeachersAnswer() {
    // given
    TaskScorer.Accumulator accumulator = SCORER.accumulator();
    assertThat(accumulator.result().examples()).isZero();

    // when
    accumulator.add(embedded(3, 4), new float[] {4, 3}, 0);
    accumulator.add(embedded(0, 2), new float[] {0, 1}, 0);
    accumulator.add(embedded((float[]) null), new float[] {0, 1}, 0);

    // then
    assertThat(accumulator.result().examples()).isEqualTo(2);
    assertThat(accumulator.result().score()).isCloseTo(0.98, within(1e-12));
    assertThat(accumulator.result().measures()).containsOnlyKeys(Measure.HELD_OUT_COSINE);
  }
}
