package io.stillstream.trainer.torch.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.torch.Libtorch;
import io.stillstream.trainer.torch.ModelFixtures;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.Kind;
import io.stillstream.trainer.training.hyperparameters.MinConfidenceSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Losses without the answers of a teacher that is unsure. */
class ConfidentLossTest {
  private static final float[] STUDENT = {
    .5f, .1f, 0, -.3f, .2f, 1, .2f, -.1f, 0, .4f, 0, .3f, .6f, -.2f, .1f, -.5f, 1, .25f, 0, .75f
  };

  /** Probabilities 0.649, 0.963, 0.343 and 0.990; the last two have labels. */
  private static final List<TrainingExample> VIEWS =
      List.of(
          view(null, 2, 0, 0, 0, 0),
          view(null, 5, 1, 0, 0, 0),
          view(LabelTarget.of(3), 1, 1.2f, 0, 0.5f, 0),
          view(LabelTarget.of(1), 0, 6, 0, 0, 0));

  @BeforeEach
  void prepare() {
    Libtorch.prepareThread();
  }

  @Test
  void shouldBeWhatPythonComputesWithoutTheUnsureAnswers() {
    // given
    TrainingBatch all = batch(Kind.KD, VIEWS, Optional.empty());
    TrainingBatch sure = batch(Kind.KD, VIEWS, Optional.of(0.7));

    // then: the first view has no weight, the third that of its label alone
    assertThat(sure.total()).isEqualTo(3);
    assertThat(sure.targets().unsure()).containsExactly(1, 0, 1, 0);
    assertThat(sure.targets().teacherWeights()).containsExactly(0, 1, 0, 0.9f);
    assertThat(sure.targets().labelWeights())
        .containsExactly(new float[] {0, 0, 1, 0.1f}, within(1e-7f));
    assertThat(all.total()).isEqualTo(4);
    assertThat(all.targets().unsure()).containsOnly(0);

    // when
    Result without = derive(Kind.KD, sure);
    Result with = derive(Kind.KD, all);

    // then
    assertThat(with.distillation).isCloseTo(1.161184, within(1e-5));
    assertThat(with.labels).isCloseTo(0.076305, within(1e-5));
    assertThat(without.distillation).isCloseTo(1.403400, within(1e-5));
    assertThat(without.labels).isCloseTo(0.704023, within(1e-5));
    assertThat(without.gradient.subList(0, 5)).containsOnly(0f);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"KD", "STANDARDISED", "DKD", "DIST", "MSE"})
  void shouldBeThatOfViewsWithoutThoseAnswers(Kind kind) {
    // given
    List<TrainingExample> unanswered =
        List.of(
            view(null, (float[]) null),
            VIEWS.get(1),
            view(LabelTarget.of(3), (float[]) null),
            VIEWS.get(3));

    // when
    Result result = derive(kind, batch(kind, VIEWS, Optional.of(0.7)));

    // then
    Result expected = derive(kind, batch(kind, unanswered, Optional.empty()));
    assertThat(result.distillation).isEqualTo(expected.distillation);
    assertThat(result.labels).isEqualTo(expected.labels);
    assertThat(result.gradient).isEqualTo(expected.gradient);
    assertThat(result.distillation).isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"KD", "STANDARDISED", "DKD", "DIST", "MSE"})
  void shouldBeNothingWhereNoViewHasAnyWeight(Kind kind) {
    // given
    List<TrainingExample> unsure = List.of(VIEWS.get(0), VIEWS.get(0), VIEWS.get(0), VIEWS.get(0));
    TrainingBatch batch = batch(kind, unsure, Optional.of(0.7));

    // when
    Result result = derive(kind, batch);

    // then
    assertThat(batch.total()).isEqualTo(1);
    assertThat(result.distillation).isZero();
    assertThat(result.labels).isZero();
    assertThat(result.gradient).containsOnly(0f);
  }

  private record Result(double distillation, double labels, List<Float> gradient) {}

  private static Result derive(Kind kind, TrainingBatch batch) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      StudentLoss loss = new StudentLoss(manager, settings(kind, Optional.empty()));
      NDArray logits = manager.create(STUDENT, new Shape(batch.size(), 5));
      NDArray one = manager.create(1f);
      logits.setRequiresGradient(true);
      Libtorch.gradients(true);
      StudentLoss.LossParts parts = loss.of(manager, logits, batch);
      Libtorch.backward(parts.total(), one);
      Libtorch.gradients(false);
      try (NDArray gradient = Libtorch.gradient(logits)) {
        return new Result(
            parts.distillation().getFloat(),
            parts.labels().getFloat(),
            FloatArrays.of(gradient.toFloatArray()));
      }
    }
  }

  private static TrainingBatch batch(
      Kind kind, List<TrainingExample> views, Optional<Double> least) {
    return new BatchBuilder(ModelFixtures.spec("mlp"), settings(kind, least)).build(views);
  }

  private static LossSettings settings(Kind kind, Optional<Double> least) {
    return new LossSettings(
        kind,
        2,
        0.9,
        0,
        new DkdSettings(1, 8),
        new DistSettings(2, 2),
        Optional.empty(),
        least.map(
            value ->
                new MinConfidenceSettings(Optional.of(value), Optional.empty(), Optional.empty())));
  }

  private static TrainingExample view(LabelTarget label, float... logits) {
    return new TrainingExample(PixelEncoding.RAW, new byte[64], logits, label, true);
  }
}
