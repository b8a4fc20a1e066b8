package io.stillstream.trainer.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.DenseLogits;
import io.stillstream.schemas.Embedding;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.TopLogits;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records for students of each task. */
final class LabeledViewValidatorTest {
  private static final ModelSpec SEGMENTER = spec("fcn");
  private static final ModelSpec EMBEDDER = spec("embedder");
  private static final ModelSpec CLASSIFIER = spec("mlp");

  @Test
  void shouldTakeMaskAndDenseAnswer() {
    // given
    SegmentationMask mask = mask(2);
    float[] row = new float[SEGMENTER.output().size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = i / 4f;
    }
    LabeledView record = dense(row, mask);
    record.getView().setLabel(new Label(1000, null, 1.0));

    // when: the label is no class of the pixels
    TrainingExample view = validator(SEGMENTER).validate(record);

    // then
    assertThat(view.logits()).containsExactly(row);
    assertThat(view.mask()).isEqualTo(mask);
    assertThat(view.target()).isEmpty();
    assertThat(validator(SEGMENTER).hasTrainingSignal(view)).isTrue();
  }

  @Test
  void shouldTakeAMaskWithoutAnAnswer() {
    // given
    LabeledView record = dense(new float[SEGMENTER.output().size()], mask(0));
    record.setDenseLogits(null);
    LabeledViewValidator validator = validator(SEGMENTER);

    // then
    assertThat(validator.hasTrainingSignal(validator.validate(record))).isTrue();
    record.getView().setMask(null);
    assertThat(validator.hasTrainingSignal(validator.validate(record))).isFalse();
  }

  @Test
  void shouldSayWhatAMixedViewIsMadeOf() {
    // given
    LabeledView record = LabeledViewFixtures.view(3);
    record
        .getView()
        .getRecipe()
        .setMix(new Mix("mixup", "images", 0, 9L, "other", 1, List.of(), 0.25, null));
    record.getView().setLabel(null);
    LabeledViewValidator validator = validator(CLASSIFIER);

    // then: a share that is none was no reason to refuse a view before it was read
    assertThat(validator.validate(record).identity())
        .isEqualTo(
            new ViewIdentity(
                ImageIdHash.of("image-1").number(), ImageIdHash.of("other").number(), 1, 2, 0.25f));
    record.getView().getRecipe().getMix().setLambda(1.5);
    assertThat(validator.validate(record).identity().share()).isNaN();
    record.getView().getRecipe().setMix(null);
    assertThat(validator.validate(record).identity().share()).isEqualTo(1);
  }

  @Test
  void shouldSayWhetherAViewZeroWasCropped() {
    // given
    List<Operation> steps =
        List.of(
            new Operation("resize", Map.of("height", 8.0, "width", 10.0)),
            new Operation("center_crop", Map.of("height", 8.0, "width", 8.0)));
    LabeledView original = LabeledViewFixtures.view(2);
    LabeledView augmented = LabeledViewFixtures.view(3);
    LabeledViewValidator validator = validator(CLASSIFIER);

    // then: what a policy does to other views says nothing of how they are fitted
    assertThat(validator.validate(original).isCropped()).isFalse();
    original.getView().getRecipe().setOperations(steps);
    augmented.getView().getRecipe().setOperations(steps);
    assertThat(validator.validate(original).isCropped()).isTrue();
    assertThat(validator.validate(augmented).isCropped()).isFalse();
    original.getView().getRecipe().setOperations(steps.subList(0, 1));
    assertThat(validator.validate(original).isCropped()).isFalse();
  }

  @Test
  void shouldLeaveOutWhatSaysNothingToTheTask() {
    // given
    LabeledView classified = LabeledViewFixtures.view(1);
    classified.getView().setMask(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    LabeledView embedded = embedded(EMBEDDER.output());

    // when
    TrainingExample ofClassifier = validator(CLASSIFIER).validate(classified);
    TrainingExample ofEmbedder = validator(EMBEDDER).validate(embedded);

    // then
    assertThat(ofClassifier.hasMask()).isFalse();
    assertThat(ofClassifier.target()).isPresent();
    assertThat(ofEmbedder.target()).isEmpty();
    assertThat(ofEmbedder.hasTruth()).isFalse();
    assertThat(ofEmbedder.logits()).hasSize(EMBEDDER.output().size());
  }

  @Test
  void shouldTakeTheLargestLogitsAlone() {
    // given
    LabeledView record = LabeledViewFixtures.view(1);
    record.setLogits(null);
    record.setTopLogits(new TopLogits(5, List.of(3, 0), FloatArrays.of(4, 2), 1f));

    // when
    TrainingExample view = validator(CLASSIFIER).validate(record);

    // then
    float rest = (float) (1 - Math.log(3));
    assertThat(view.logits()).containsExactly(2, rest, rest, 4, rest);
    assertThat(view.answeredClass()).isEqualTo(3);
  }

  static Stream<Arguments> badRecords() {
    OutputShape grid = SEGMENTER.output();
    return Stream.of(
        bad("task", SEGMENTER, view -> view.setLogits(FloatArrays.of(1, 2, 3))),
        bad("task", SEGMENTER, view -> view.setEmbedding(new Embedding(1, halves(1)))),
        bad(
            "answer_shape",
            SEGMENTER,
            view ->
                view.setDenseLogits(
                    new DenseLogits(3, grid.height(), grid.width(), 4, halves(grid.size())))),
        bad(
            "answer_shape",
            SEGMENTER,
            view -> view.setDenseLogits(new DenseLogits(3, 2, 2, 2, halves(12)))),
        bad(
            "answer_malformed",
            SEGMENTER,
            view -> view.setDenseLogits(new DenseLogits(3, 4, 6, 2, halves(71)))),
        bad(
            "answer_malformed",
            SEGMENTER,
            view -> view.setDenseLogits(new DenseLogits(0, -1, 6, 2, halves(0)))),
        bad(
            "answer_malformed",
            SEGMENTER,
            view ->
                view.setDenseLogits(
                    new DenseLogits(Integer.MAX_VALUE, Integer.MAX_VALUE, 6, 2, halves(3)))),
        bad(
            "logits_not_finite",
            SEGMENTER,
            view ->
                view.setDenseLogits(new DenseLogits(3, 4, 6, 2, halves(72).put(1, (byte) 0x7c)))),
        bad(
            "mask",
            SEGMENTER,
            view -> view.getView().setMask(ByteBuffer.wrap(new byte[] {1, 2, 3}))),
        bad(
            "mask",
            SEGMENTER,
            view ->
                view.getView().setMask(MaskCodec.encode(new SegmentationMask(2, 2, new byte[4])))),
        bad("mask", SEGMENTER, view -> view.getView().setMask(MaskCodec.encode(mask(3)))),
        bad("answer_shape", EMBEDDER, view -> view.setEmbedding(new Embedding(5, halves(5)))),
        bad("task", EMBEDDER, view -> view.setLogits(FloatArrays.of(1, 2, 3, 4, 5, 6))),
        bad("task", CLASSIFIER, view -> view.setEmbedding(new Embedding(5, halves(5)))),
        bad(
            "logits_width",
            CLASSIFIER,
            view -> view.setTopLogits(new TopLogits(1 << 27, List.of(7), FloatArrays.of(1), 0f))),
        bad(
            "logits_not_finite",
            CLASSIFIER,
            view -> view.setTopLogits(new TopLogits(5, List.of(1), FloatArrays.of(1), Float.NaN))),
        bad(
            "answer_malformed",
            CLASSIFIER,
            view -> view.setTopLogits(new TopLogits(5, List.of(5), FloatArrays.of(1), 0f))),
        bad(
            "answer_malformed",
            CLASSIFIER,
            view -> {
              view.setLogits(FloatArrays.of(1, 2, 3, 4, 5));
              view.setEmbedding(new Embedding(5, halves(5)));
            }));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("badRecords")
  void shouldSayWhyARecordIsRefused(
      String reason, ModelSpec student, Consumer<LabeledView> change) {
    // given
    LabeledView record = record(student);
    change.accept(record);

    // when
    assertThatThrownBy(() -> validator(student).validate(record))
        // then
        .isInstanceOfSatisfying(
            BadRecordException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(LabeledViewValidator.REASONS).contains(reason);
  }

  @Test
  void shouldNameTheNumberThatIsNotFinite() {
    // given: an infinity in half precision
    LabeledView record = record(EMBEDDER);
    ByteBuffer values = halves(EMBEDDER.output().size()).put(5, (byte) 0x7c);
    record.setEmbedding(new Embedding(EMBEDDER.output().size(), values));

    // then
    assertThatThrownBy(() -> validator(EMBEDDER).validate(record))
        .isInstanceOfSatisfying(
            BadRecordException.class, e -> assertThat(e.reason()).isEqualTo("logits_not_finite"))
        .hasMessageContaining("number 2 of the answer is Infinity, at most ±1000000 is allowed");
  }

  private static Arguments bad(String reason, ModelSpec student, Consumer<LabeledView> change) {
    return Arguments.of(reason, student, change);
  }

  private static ByteBuffer halves(int count) {
    return ByteBuffer.allocate(2 * count);
  }

  private static SegmentationMask mask(int fill) {
    byte[] classes = new byte[SEGMENTER.height() * SEGMENTER.width()];
    Arrays.fill(classes, (byte) fill);
    classes[0] = (byte) SegmentationMask.IGNORE;
    return new SegmentationMask(SEGMENTER.height(), SEGMENTER.width(), classes);
  }

  private static LabeledView dense(float[] row, SegmentationMask mask) {
    AugmentedView view = record(SEGMENTER).getView();
    view.setMask(MaskCodec.encode(mask));
    return labeled(view, row, SEGMENTER.output());
  }

  private static LabeledView embedded(OutputShape shape) {
    return labeled(record(EMBEDDER).getView(), new float[shape.size()], shape);
  }

  private static LabeledView labeled(AugmentedView view, float[] row, OutputShape shape) {
    return LabeledAnswers.labeled(
        view, List.of(), row, shape, OptionalInt.empty(), view.getAugmentedAt());
  }

  /** A view of the student's size, without an answer. */
  private static LabeledView record(ModelSpec student) {
    LabeledView record = LabeledViewFixtures.view(1);
    record.setLogits(null);
    AugmentedView view = record.getView();
    view.setHeight(student.height());
    view.setWidth(student.width());
    view.setPixels(ByteBuffer.allocate(student.height() * student.width()));
    return record;
  }

  private static LabeledViewValidator validator(ModelSpec student) {
    return new LabeledViewValidator(student, new BatchBuilder(student, LossSettings.hinton(0.9)));
  }

  private static ModelSpec spec(String name) {
    return ModelSpec.load(Path.of("src/test/resources/students", name), "student");
  }
}
