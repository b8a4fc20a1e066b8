package io.stillstream.trainer.training.comparison;

import static io.stillstream.trainer.training.accuracy.TaskViews.favouring;
import static io.stillstream.trainer.training.accuracy.TaskViews.segmented;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.training.accuracy.GateMetric;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.comparison.PairedComparison.Totals;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedComparisonTest {
  private static final int K = 5;
  private static final TaskScorer SCORER = TaskScorer.of(OutputShape.classification(K));
  private final BatchBuilder batches =
      new BatchBuilder(ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student"), 0.9);

  @Test
  void shouldCountWhoIsRight() {
    // given
    PairedComparison trial = new PairedComparison(SCORER, GateMetric.AUTO, 10);
    trial.reset(batch -> logits(0, 1, 4, 4));

    // when: both, only the challenger, only the baseline, none
    count(trial, List.of(labelled(0), labelled(2), labelled(4), labelled(3)), 0, 2, 1, 0);

    // then
    assertThat(trial.totals()).isEqualTo(new Totals(4, 2, 2, 2));
  }

  @ParameterizedTest
  @CsvSource({"AUTO, 3", "ACCURACY, 1", "AGREEMENT, 2"})
  void shouldCountWhatTheMetricSays(GateMetric metric, int images) {
    // given: label 0 and no logits; logits for 1; nothing but both, which differ
    PairedComparison trial = new PairedComparison(SCORER, metric, 10);
    trial.reset(batch -> logits(0, 1, 2));
    List<TrainingExample> views =
        List.of(
            labelled(0),
            new TrainingExample(PixelEncoding.RAW, new byte[64], logits(1), null, true),
            new TrainingExample(PixelEncoding.RAW, new byte[64], logits(3), null, true));

    // when
    count(trial, views, 0, 1, 3);

    // then
    assertThat(trial.totals().images()).isEqualTo(metric == GateMetric.AGREEMENT ? 2 : images);
    assertThat(trial.totals().challenger()).isEqualTo(trial.totals().images());
  }

  @Test
  void shouldPreferTheLabelToTheTeacherUnlessToldOtherwise() {
    // given
    TrainingExample view =
        new TrainingExample(PixelEncoding.RAW, new byte[64], logits(2), LabelTarget.of(1), true);
    PairedComparison auto = new PairedComparison(SCORER, GateMetric.AUTO, 10);
    auto.reset(batch -> logits(2));
    PairedComparison agreement = new PairedComparison(SCORER, GateMetric.AGREEMENT, 10);
    agreement.reset(batch -> logits(2));

    // when
    count(auto, List.of(view), 1);
    count(agreement, List.of(view), 1);

    // then
    assertThat(auto.totals()).isEqualTo(new Totals(1, 1, 0, 1));
    assertThat(agreement.totals()).isEqualTo(new Totals(1, 0, 1, 1));
  }

  @Test
  void shouldKeepTheLatestAcrossARestart() {
    // given
    PairedComparison trial = new PairedComparison(SCORER, GateMetric.AUTO, 3);
    trial.reset(batch -> logits(1));
    for (int i = 0; i < 5; i++) {
      count(trial, List.of(labelled(i < 3 ? 0 : 1)), i < 3 ? 0 : 2);
    }

    // when
    PairedComparison resumed = new PairedComparison(SCORER, GateMetric.AUTO, 3);
    resumed.reset(batch -> logits(1));
    resumed.restore(trial.save());

    // then
    assertThat(trial.totals()).isEqualTo(new Totals(3, 1, 2, 3));
    assertThat(resumed.totals()).isEqualTo(trial.totals());
    assertThat(resumed.save()).isEqualTo(trial.save());
  }

  @Test
  void shouldBeginAnewAgainstAnother() {
    // given
    PairedComparison trial = new PairedComparison(SCORER, GateMetric.AUTO, 3);
    trial.reset(batch -> logits(1));
    count(trial, List.of(labelled(1)), 1);

    // when
    trial.reset(batch -> logits(0));

    // then
    assertThat(trial.totals().images()).isZero();
    trial.reset(null);
    count(trial, List.of(labelled(1)), 1);
    assertThat(trial.totals().images()).isZero();
  }

  @Test
  void shouldKeepClassesInTheFormOfEarlierVersions() {
    // given: both, only the challenger, only the baseline, none
    PairedComparison trial = new PairedComparison(SCORER, GateMetric.AUTO, 10);
    trial.count(
        List.of(
            new PairedScore(1, 1),
            new PairedScore(1, 0),
            new PairedScore(0, 1),
            new PairedScore(0, 0)));

    // when, then
    assertThat(trial.save()).isEqualTo(Base64.getEncoder().encodeToString(new byte[] {3, 1, 2, 0}));
  }

  @Test
  void shouldScorePixelsOfBothOnTheSameViews() {
    // given: the baseline has three of four cells right, and one of the other class
    OutputShape output = OutputShape.segmentation(2, 2, 2, 1);
    PairedComparison trial = new PairedComparison(TaskScorer.of(output), GateMetric.AUTO, 10);
    trial.reset(batch -> favouring(output, 0, 0, 1, 0));
    int[] truth = {0, 0, 1, 1};

    // when: a view without mask and teacher does not count
    trial.count(
        trial.compare(List.of(segmented(output, truth, null)), null, favouring(output, truth)));
    trial.count(
        trial.compare(List.of(segmented(output, null, null)), null, favouring(output, truth)));

    // then: 2 of 3 and 1 of 2
    float baseline = (2f / 3 + 0.5f) / 2;
    assertThat(trial.totals().images()).isEqualTo(1);
    assertThat(trial.totals().challenger()).isEqualTo(1);
    assertThat(trial.totals().baseline()).isCloseTo(baseline, within(1e-6));
    assertThat(trial.totals().squares()).isCloseTo((1 - baseline) * (1 - baseline), within(1e-6));
  }

  @Test
  void shouldKeepScoresThatAreNoClassesAcrossARestart() {
    // given
    PairedComparison trial = new PairedComparison(SCORER, GateMetric.AUTO, 3);
    for (int i = 0; i < 5; i++) {
      trial.count(List.of(new PairedScore(0.1f * i, 0.3f)));
    }
    PairedComparison resumed = new PairedComparison(SCORER, GateMetric.AUTO, 3);

    // when
    resumed.restore(trial.save());

    // then
    assertThat(trial.totals().challenger()).isCloseTo(0.9, within(1e-6));
    assertThat(resumed.totals()).isEqualTo(trial.totals());
    assertThat(resumed.save()).isEqualTo(trial.save());
  }

  private void count(PairedComparison trial, List<TrainingExample> views, int... classes) {
    trial.count(trial.compare(views, batches.build(views), logits(classes)));
  }

  private static TrainingExample labelled(int label) {
    return new TrainingExample(PixelEncoding.RAW, new byte[64], null, LabelTarget.of(label), true);
  }

  private static float[] logits(int... classes) {
    List<Float> logits = new ArrayList<>();
    for (int named : classes) {
      for (int k = 0; k < K; k++) {
        logits.add(k == named ? 3f : 0f);
      }
    }
    float[] array = new float[logits.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = logits.get(i);
    }
    return array;
  }
}
