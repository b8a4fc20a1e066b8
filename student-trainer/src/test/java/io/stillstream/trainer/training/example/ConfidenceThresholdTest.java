package io.stillstream.trainer.training.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.TopLogits;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.training.hyperparameters.MinConfidenceSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected numbers were computed in Python from the softmax of each answer. */
class ConfidenceThresholdTest {
  private static final double STEP = 1e-5;

  @ParameterizedTest
  @CsvSource({
    "2, 0, 0.648786, 0.560982, 0.705266",
    "5, 1, 0.962900, 0.945264, 0.127790",
  })
  void shouldCompareAllLogitsOfAView(
      float first, float second, double probability, double margin, double entropy) {
    // given
    float[] logits = {second, 0, first, 0, 0};
    PackedAnswer answer = PackedAnswer.ofLogits(logits);

    // then
    assertReached(OutputShape.classification(5), answer, 0, probability, margin, entropy);
  }

  @ParameterizedTest
  @CsvSource({
    "3 2, 1.0, 10, 0.665241, 0.420512, 0.442811",
    "3, 1.0, 10, 0.880797, 0.761594, 0.272411",
    "2, 1.5, 3, 0.622459, 0.244919, 0.841551",
  })
  void shouldTakeTheRestOfTopLogitsAsItIsLeastSure(
      String logits, float rest, int classes, double probability, double margin, double entropy) {
    // given: of the second class of a single logit, only that it is not more than the rest is known
    List<Float> top = List.of(logits.split(" ")).stream().map(Float::valueOf).toList();
    LabeledView view = LabeledViewFixtures.view(0);
    view.setLogits(null);
    view.setTopLogits(
        new TopLogits(
            classes,
            IntStream.range(0, top.size()).map(i -> classes - 1 - i).boxed().toList(),
            FloatArrays.of(toArray(top)),
            rest));
    OutputShape shape = OutputShape.classification(classes);

    // then
    assertReached(shape, PackedAnswer.of(view, shape), 0, probability, margin, entropy);
    assertThat(PackedAnswer.of(view, shape).known()).isEqualTo(top.size());
  }

  @Test
  void shouldCompareTheClassesOfEachCell() {
    // given: logits [K, h, w] of 5 classes on 1 x 2 cells
    OutputShape grid = OutputShape.segmentation(5, 1, 2, 4);
    float[] row = {0, 1, 2, 0, 0, 5, 0, 0, 0, 0};

    // then
    assertReached(grid, row, 0, 0.648786, 0.560982, 0.705266);
    assertReached(grid, row, 1, 0.962900, 0.945264, 0.127790);
  }

  @Test
  void shouldLetEveryAnswerCountWhereNothingIsAskedFor() {
    // given
    PackedAnswer answer = PackedAnswer.ofLogits(new float[5]);

    // then
    assertThat(
            new ConfidenceThreshold(OutputShape.classification(5), Optional.empty())
                .isReached(answer, answer.row(), 0))
        .isTrue();
    assertThat(isReached(OutputShape.classification(5), answer, answer.row(), 0, entropy(1)))
        .isTrue();
    assertThat(isReached(OutputShape.classification(5), answer, answer.row(), 0, margin(0)))
        .isTrue();
  }

  private static void assertReached(
      OutputShape grid, float[] row, int cell, double probability, double margin, double entropy) {
    PackedAnswer answer = PackedAnswer.ofLogits(row);
    assertReached(grid, answer, cell, probability, margin, entropy);
  }

  /** The values lie within {@link #STEP} of those of the answer. */
  private static void assertReached(
      OutputShape shape,
      PackedAnswer answer,
      int cell,
      double probability,
      double margin,
      double entropy) {
    float[] row = answer.row();
    assertThat(isReached(shape, answer, row, cell, probability(probability - STEP))).isTrue();
    assertThat(isReached(shape, answer, row, cell, probability(probability + STEP))).isFalse();
    assertThat(isReached(shape, answer, row, cell, margin(margin - STEP))).isTrue();
    assertThat(isReached(shape, answer, row, cell, margin(margin + STEP))).isFalse();
    assertThat(isReached(shape, answer, row, cell, entropy(entropy + STEP))).isTrue();
    assertThat(isReached(shape, answer, row, cell, entropy(entropy - STEP))).isFalse();
  }

  private static boolean isReached(
      OutputShape shape, PackedAnswer answer, float[] row, int cell, MinConfidenceSettings least) {
    return new ConfidenceThreshold(shape, Optional.of(least)).isReached(answer, row, cell);
  }

  private static MinConfidenceSettings probability(double least) {
    return new MinConfidenceSettings(Optional.of(least), Optional.empty(), Optional.empty());
  }

  private static MinConfidenceSettings margin(double least) {
    return new MinConfidenceSettings(Optional.empty(), Optional.of(least), Optional.empty());
  }

  private static MinConfidenceSettings entropy(double largest) {
    return new MinConfidenceSettings(Optional.empty(), Optional.empty(), Optional.of(largest));
  }

  private static float[] toArray(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
