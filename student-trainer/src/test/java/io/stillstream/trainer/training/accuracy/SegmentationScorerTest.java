package io.stillstream.trainer.training.accuracy;

import static io.stillstream.trainer.training.accuracy.TaskViews.favouring;
import static io.stillstream.trainer.training.accuracy.TaskViews.segmented;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentationScorerTest {
  private static final OutputShape OUTPUT = OutputShape.segmentation(3, 2, 2, 2);
  private static final int[] TRUTH = {0, 1, 1, 255};
  private static final int[] TEACHER = {0, 0, 1, 1};
  private static final float[] STUDENT = favouring(OUTPUT, 0, 1, 0, 2);

  private final TaskScorer scorer = TaskScorer.of(OUTPUT);

  @Test
  void shouldMeasureAnOriginalByItsCells() {
    // when: the second of two answers is this view's
    float[] answers = new float[2 * STUDENT.length];
    System.arraycopy(STUDENT, 0, answers, STUDENT.length, STUDENT.length);
    OriginalOutcome outcome = scorer.outcome(segmented(OUTPUT, TRUTH, TEACHER), answers, 1);

    // then: of three cells that count, the student has two right, and shares one with the teacher
    assertThat(outcome.isLabelled()).isTrue();
    assertThat(outcome.isTaught()).isTrue();
    assertThat(outcome.error()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(outcome.disagreement()).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void shouldKnowWhatThereIsToCompareWith() {
    // when
    OriginalOutcome taught = scorer.outcome(segmented(OUTPUT, null, TEACHER), STUDENT, 0);
    OriginalOutcome labelled = scorer.outcome(segmented(OUTPUT, TRUTH, null), STUDENT, 0);
    OriginalOutcome ignored =
        scorer.outcome(segmented(OUTPUT, new int[] {255, 255, 255, 255}, TEACHER), STUDENT, 0);

    // then: without a mask, all four cells count
    assertThat(taught.isLabelled()).isFalse();
    assertThat(taught.disagreement()).isEqualTo(0.75);
    assertThat(labelled.isTaught()).isFalse();
    assertThat(labelled.error()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(ignored.isTaught()).isFalse();
    assertThat(ignored.isLabelled()).isFalse();
    assertThat(scorer.counts(segmented(OUTPUT, null, null))).isFalse();
    assertThat(scorer.counts(segmented(OUTPUT, null, TEACHER))).isTrue();
    assertThat(scorer.counts(segmented(OUTPUT, TRUTH, null))).isTrue();
  }

  @Test
  void shouldScoreAViewByTheMeanOverItsClasses() {
    // given: the second model names what the teacher does
    TrainingExample view = segmented(OUTPUT, TRUTH, TEACHER);
    List<float[]> answers = List.of(STUDENT, favouring(OUTPUT, TEACHER));

    // when, then: classes 0 and 1 have one cell in both of two in one or both
    assertThat(scorer.scores(view, GateMetric.AUTO, 0, answers)).containsExactly(0.5, 0.5);
    assertThat(scorer.scores(view, GateMetric.ACCURACY, 0, answers)).containsExactly(0.5, 0.5);
    // 1 of 3 and 0 of 2; the cell that is ignored does not count here either
    double[] agreement = scorer.scores(view, GateMetric.AGREEMENT, 0, answers);
    assertThat(agreement[0]).isCloseTo(1.0 / 6, within(1e-12));
    assertThat(agreement[1]).isEqualTo(1);
  }

  @Test
  void shouldNotScoreWhatCannotBeCompared() {
    // given
    List<float[]> answers = List.of(STUDENT, STUDENT);
    TrainingExample ignored = segmented(OUTPUT, new int[] {255, 255, 255, 255}, TEACHER);

    // when, then
    assertThat(scorer.scores(segmented(OUTPUT, null, TEACHER), GateMetric.ACCURACY, 0, answers))
        .containsOnly(Double.NaN);
    assertThat(scorer.scores(segmented(OUTPUT, TRUTH, null), GateMetric.AGREEMENT, 0, answers))
        .containsOnly(Double.NaN);
    for (GateMetric metric : GateMetric.values()) {
      assertThat(scorer.scores(ignored, metric, 0, answers)).containsOnly(Double.NaN);
    }
  }

  @Test
  void shouldSumHeldOutViewsBeforeItDivides() {
    // given
    TaskScorer.Accumulator accumulator = scorer.accumulator();

    // when: (0,0) (1,1) (1,0), then four cells of class 2 by the teacher, one of them called 0
    accumulator.add(segmented(OUTPUT, TRUTH, TEACHER), STUDENT, 0);
    accumulator.add(
        segmented(OUTPUT, null, new int[] {2, 2, 2, 2}), favouring(OUTPUT, 2, 2, 2, 0), 0);
    accumulator.add(segmented(OUTPUT, null, null), STUDENT, 0);
    EvaluationResult result = accumulator.result();

    // then: 1 of 3, 1 of 2, 3 of 4
    assertThat(result.examples()).isEqualTo(2);
    assertThat(result.score()).isCloseTo((1.0 / 3 + 0.5 + 0.75) / 3, within(1e-12));
    assertThat(result.measures())
        .containsOnlyKeys(Measure.HELD_OUT_MEAN_IOU, Measure.HELD_OUT_PIXEL_ACCURACY)
        .containsEntry(Measure.HELD_OUT_MEAN_IOU, result.score());
    assertThat(result.measures().get(Measure.HELD_OUT_PIXEL_ACCURACY))
        .isCloseTo(5.0 / 7, within(1e-12));
  }

  @Test
  void shouldHaveNoResultWithoutACellThatCounts() {
    // given
    TaskScorer.Accumulator accumulator = scorer.accumulator();

    // when
    accumulator.add(segmented(OUTPUT, new int[] {255, 255, 255, 255}, TEACHER), STUDENT, 0);

    // then
    assertThat(accumulator.result().examples()).isZero();
    assertThat(accumulator.result().score()).isNaN();
    assertThat(accumulator.result().measures()).isEmpty();
  }
}
