package io.stillstream.trainer.training.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.comparison.PairedComparison.Counts;
import io.stillstream.trainer.training.comparison.PairedComparison.Metric;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedComparisonTest {
  private static final int K = 5;
  private final BatchBuilder batches =
      new BatchBuilder(ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student"), 0.9);

  @Test
  void shouldCountWhoIsRight() {
    // given
    PairedComparison trial = new PairedComparison(Metric.AUTO, 10);
    trial.reset(batch -> logits(0, 1, 4, 4));

    // when: both, only the challenger, only the baseline, none
    count(trial, List.of(labelled(0), labelled(2), labelled(4), labelled(3)), 0, 2, 1, 0);

    // then
    assertThat(trial.counts()).isEqualTo(new Counts(4, 2, 1, 1));
  }

  @ParameterizedTest
  @CsvSource({"AUTO, 3", "ACCURACY, 1", "AGREEMENT, 2"})
  void shouldCountWhatTheMetricSays(Metric metric, int images) {
    // given: label 0 and no logits; logits for 1; nothing but both, which differ
    PairedComparison trial = new PairedComparison(metric, 10);
    trial.reset(batch -> logits(0, 1, 2));
    List<TrainingExample> views =
        List.of(
            labelled(0),
            new TrainingExample(PixelEncoding.RAW, new byte[64], logits(1), null, true),
            new TrainingExample(PixelEncoding.RAW, new byte[64], logits(3), null, true));

    // when
    count(trial, views, 0, 1, 3);

    // then
    assertThat(trial.counts().images()).isEqualTo(metric == Metric.AGREEMENT ? 2 : images);
    assertThat(trial.counts().challenger()).isEqualTo(trial.counts().images());
  }

  @Test
  void shouldPreferTheLabelToTheTeacherUnlessToldOtherwise() {
    // given
    TrainingExample view =
        new TrainingExample(PixelEncoding.RAW, new byte[64], logits(2), LabelTarget.of(1), true);
    PairedComparison auto = new PairedComparison(Metric.AUTO, 10);
    auto.reset(batch -> logits(2));
    PairedComparison agreement = new PairedComparison(Metric.AGREEMENT, 10);
    agreement.reset(batch -> logits(2));

    // when
    count(auto, List.of(view), 1);
    count(agreement, List.of(view), 1);

    // then
    assertThat(auto.counts()).isEqualTo(new Counts(1, 1, 1, 0));
    assertThat(agreement.counts()).isEqualTo(new Counts(1, 0, 0, 1));
  }

  @Test
  void shouldKeepTheLatestAcrossARestart() {
    // given
    PairedComparison trial = new PairedComparison(Metric.AUTO, 3);
    trial.reset(batch -> logits(1));
    for (int i = 0; i < 5; i++) {
      count(trial, List.of(labelled(i < 3 ? 0 : 1)), i < 3 ? 0 : 2);
    }

    // when
    PairedComparison resumed = new PairedComparison(Metric.AUTO, 3);
    resumed.reset(batch -> logits(1));
    resumed.restore(trial.save());

    // then
    assertThat(trial.counts()).isEqualTo(new Counts(3, 1, 1, 2));
    assertThat(resumed.counts()).isEqualTo(trial.counts());
    assertThat(resumed.save()).isEqualTo(trial.save());
  }

  @Test
  void shouldBeginAnewAgainstAnother() {
    // given
    PairedComparison trial = new PairedComparison(Metric.AUTO, 3);
    trial.reset(batch -> logits(1));
    count(trial, List.of(labelled(1)), 1);

    // when
    trial.reset(batch -> logits(0));

    // then
    assertThat(trial.counts().images()).isZero();
    trial.reset(null);
    count(trial, List.of(labelled(1)), 1);
    assertThat(trial.counts().images()).isZero();
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
