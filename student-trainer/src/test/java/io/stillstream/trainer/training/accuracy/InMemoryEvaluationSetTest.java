package io.stillstream.trainer.training.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class InMemoryEvaluationSetTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final float[] TEACHER = {0, 0, 0, 0, 9};
  private final BatchBuilder batches = new BatchBuilder(MODEL, 0.9);

  @Test
  void shouldMeasureAgainstLabelsAndWithoutThemAgainstTheTeacher() {
    // given
    InMemoryEvaluationSet exam =
        new InMemoryEvaluationSet(
            List.of(
                view(TEACHER, LabelTarget.of(0)),
                view(null, LabelTarget.of(1)),
                view(TEACHER, null)),
            batches,
            2);
    List<Integer> sizes = new ArrayList<>();

    // when: everything is class 0, with a probability of 1/2
    EvaluationResult result =
        examined(
            exam,
            batch -> {
              sizes.add(batch.size());
              float[] logits = new float[batch.size() * 5];
              for (int i = 0; i < batch.size(); i++) {
                logits[i * 5] = (float) Math.log(4);
              }
              return logits;
            });

    // then
    assertThat(sizes).containsExactly(2, 1);
    assertThat(result.examples()).isEqualTo(3);
    assertThat(result.score()).isEqualTo(1.0 / 3);
    ConfusionMatrix counted = new ConfusionMatrix(5);
    counted.add(0, 0);
    counted.add(1, 0);
    counted.add(4, 0);
    assertThat(result.confusion()).hasValue(counted);
    double teacher = 1 / (1 + 4 * Math.exp(-9));
    double unlikely = Math.exp(-9) * teacher;
    double expected =
        Math.log(2) + Math.log(8) + (teacher + 3 * unlikely) * Math.log(8) + unlikely * Math.log(2);
    assertThat(result.measures().get(Measure.HELD_OUT_LOSS)).isCloseTo(expected / 3, within(1e-6));
  }

  @Test
  void shouldWeighTheClassesOfAMixedLabel() {
    // given
    InMemoryEvaluationSet exam =
        new InMemoryEvaluationSet(List.of(view(null, new LabelTarget(1, 0, 0.25f))), batches, 8);

    // when
    EvaluationResult result =
        examined(exam, batch -> new float[] {(float) Math.log(4), 0, 0, 0, 0});

    // then
    assertThat(result.score()).isEqualTo(1);
    assertThat(result.measures().get(Measure.HELD_OUT_LOSS))
        .isCloseTo(0.25 * Math.log(8) + 0.75 * Math.log(2), within(1e-6));
  }

  @Test
  void shouldRefuseToExamineOnNothing() {
    // when
    assertThatThrownBy(() -> new InMemoryEvaluationSet(List.of(), batches, 8))
        // then
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an evaluation set needs a view");
  }

  @Test
  void shouldExamineAllModelsInOnePassAndShowLifeBeforeEachPrediction() {
    // given
    InMemoryEvaluationSet exam =
        new InMemoryEvaluationSet(
            List.of(
                view(null, LabelTarget.of(0)),
                view(null, LabelTarget.of(0)),
                view(null, LabelTarget.of(1))),
            batches,
            2);
    List<TrainingBatch> first = new ArrayList<>();
    List<TrainingBatch> second = new ArrayList<>();
    List<String> order = new ArrayList<>();

    // when
    List<EvaluationResult> results =
        exam.evaluate(
            List.of(
                batch -> {
                  first.add(batch);
                  order.add("first");
                  return naming(0, batch);
                },
                batch -> {
                  second.add(batch);
                  order.add("second");
                  return naming(1, batch);
                }),
            () -> order.add("beat"));

    // then: each batch is decoded once
    assertThat(second).containsExactlyElementsOf(first).hasSize(2);
    assertThat(order)
        .containsExactly("beat", "first", "beat", "second", "beat", "first", "beat", "second");
    assertThat(results).extracting(EvaluationResult::score).containsExactly(2.0 / 3, 1.0 / 3);
  }

  @Test
  void shouldGiveAPassUp() {
    // given
    InMemoryEvaluationSet exam =
        new InMemoryEvaluationSet(
            List.of(view(null, LabelTarget.of(0)), view(null, LabelTarget.of(0))), batches, 1);
    List<TrainingBatch> seen = new ArrayList<>();

    // when
    List<EvaluationResult> results =
        exam.evaluate(
            List.of(
                batch -> {
                  seen.add(batch);
                  return naming(0, batch);
                }),
            seen::isEmpty);

    // then
    assertThat(results).isEmpty();
    assertThat(seen).hasSize(1);
  }

  private static EvaluationResult examined(
      InMemoryEvaluationSet exam, Function<TrainingBatch, float[]> model) {
    return exam.evaluate(List.of(model), () -> true).get(0);
  }

  private static float[] naming(int label, TrainingBatch batch) {
    float[] logits = new float[batch.size() * 5];
    for (int i = 0; i < batch.size(); i++) {
      logits[i * 5 + label] = 9;
    }
    return logits;
  }

  private static TrainingExample view(float[] logits, LabelTarget target) {
    return new TrainingExample(PixelEncoding.RAW, new byte[64], logits, target, true);
  }
}
