package io.stillstream.schemas.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.DenseLogits;
import io.stillstream.schemas.Embedding;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.SampleRecords;
import io.stillstream.schemas.TopLogits;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.schemas.values.Logits;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class LabeledAnswersTest {
  private static final OutputShape DENSE = OutputShape.segmentation(2, 1, 2, 4);

  @Test
  void shouldKeepAllLogits() {
    // when
    LabeledView view = labeled(OutputShape.classification(3), OptionalInt.empty(), 1, 0.1f, -2);

    // then
    assertThat(LabeledAnswers.row(view)).containsExactly(1, 0.1f, -2);
    assertThat(LabeledAnswers.shape(view)).contains(OutputShape.classification(3));
    assertThat(LabeledAnswers.isAnswered(view)).isTrue();
  }

  @Test
  void shouldKeepTheProbabilitiesOfTheLargestLogits() {
    // given
    float[] row = {0.5f, 3, -1, 2, 0};

    // when
    LabeledView view = labeled(OutputShape.classification(5), OptionalInt.of(2), row);

    // then
    assertThat(view.getLogits()).isNull();
    assertThat(view.getTopLogits().getIndices()).containsExactly(1, 3);
    float[] read = LabeledAnswers.row(view);
    double[] expected = Logits.probabilities(row);
    double[] actual = Logits.probabilities(read);
    assertThat(actual[1]).isCloseTo(expected[1], within(1e-6));
    assertThat(actual[3]).isCloseTo(expected[3], within(1e-6));
    assertThat(actual[0]).isCloseTo((expected[0] + expected[2] + expected[4]) / 3, within(1e-6));
    assertThat(read[0]).isEqualTo(read[2]).isEqualTo(read[4]);
    assertThat(LabeledAnswers.shape(view)).contains(OutputShape.classification(5));
  }

  @Test
  void shouldNotOverflowWhereLogitsAreLarge() {
    // when
    LabeledView view = labeled(OutputShape.classification(3), OptionalInt.of(1), 2000, 1000, 1000);

    // then
    assertThat(view.getTopLogits().getRestLogSum()).isEqualTo((float) (1000 + Math.log(2)));
  }

  @Test
  void shouldKeepAllLogitsIfAsManyAreAskedFor() {
    // when
    LabeledView view = labeled(OutputShape.classification(2), OptionalInt.of(2), 1, 2);

    // then
    assertThat(view.getTopLogits()).isNull();
    assertThat(LabeledAnswers.row(view)).containsExactly(1, 2);
  }

  @Test
  void shouldKeepDenseLogitsInHalfPrecision() {
    // when
    LabeledView view = labeled(DENSE, OptionalInt.empty(), 0.1f, 1, -2, 4096.5f);

    // then
    assertThat(view.getDenseLogits().getValues().remaining()).isEqualTo(8);
    assertThat(LabeledAnswers.row(view)).containsExactly(0.099975586f, 1, -2, 4096);
    assertThat(LabeledAnswers.shape(view)).contains(DENSE);
  }

  @Test
  void shouldKeepAnEmbeddingInHalfPrecision() {
    // when
    LabeledView view = labeled(OutputShape.embedding(3), OptionalInt.empty(), 0.5f, -1, 3);

    // then
    assertThat(LabeledAnswers.row(view)).containsExactly(0.5f, -1, 3);
    assertThat(LabeledAnswers.shape(view)).contains(OutputShape.embedding(3));
  }

  @Test
  void shouldShowDenseLogitsAsAMaskOfTheView() {
    // given: a view of 2 x 4 pixels, and a grid that is half as high
    AugmentedView small = SampleRecords.view();
    small.setHeight(2);
    small.setWidth(4);
    OutputShape grid = OutputShape.segmentation(2, 1, 2, 2);
    float[] row = {2, -2, 0, 0};
    LabeledView view =
        LabeledAnswers.labeled(small, List.of(), row, grid, OptionalInt.empty(), Instant.EPOCH);

    // then: bilinear between the two cells
    assertThat(LabeledAnswers.mask(view))
        .contains(new SegmentationMask(2, 4, new byte[] {0, 0, 1, 1, 0, 0, 1, 1}));

    // when
    small.setWidth(5);

    // then
    assertThat(LabeledAnswers.mask(view)).isEmpty();
    assertThat(LabeledAnswers.mask(labeled(OutputShape.embedding(1), OptionalInt.empty(), 1)))
        .isEmpty();
  }

  @Test
  void shouldHaveNoAnswerIfPassedOver() {
    // when
    LabeledView view = LabeledAnswers.passedOver(SampleRecords.view(), Instant.EPOCH);

    // then
    assertThat(LabeledAnswers.isAnswered(view)).isFalse();
    assertThat(LabeledAnswers.shape(view)).isEmpty();
    assertThat(LabeledAnswers.row(view)).isNull();
  }

  @Test
  void shouldRefuseARowThatDoesNotFit() {
    assertThatThrownBy(() -> labeled(DENSE, OptionalInt.empty(), 1, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the answer has 3 numbers, segmentation with 2 classes on 1 x 2 cells of stride 4 has"
                + " 4");
    assertThatThrownBy(() -> labeled(DENSE, OptionalInt.empty(), 1, 2, 65_505, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number 2 of the answer is 65505.0, half precision ends at ±65504");
  }

  @Test
  void shouldRefuseAMalformedRecord() {
    assertRefused(
        view -> {
          view.setLogits(FloatArrays.of(1));
          view.setEmbedding(new Embedding(1, ByteBuffer.allocate(2)));
        },
        "the record has 2 answers, at most 1 is allowed");
    assertRefused(
        view -> view.setEmbedding(new Embedding(2, ByteBuffer.allocate(3))),
        "embedding with 2 dimensions takes 4 bytes, the record has 3");
    assertRefused(
        view -> view.setDenseLogits(new DenseLogits(1, 0, 1, 1, ByteBuffer.allocate(0))),
        "sizes must be at least 1, were 1 x 0 x 1 with stride 1");
    assertRefused(
        view ->
            view.setDenseLogits(
                new DenseLogits(1 << 10, 1 << 15, 1 << 15, 1, ByteBuffer.allocate(0))),
        "1024 x 32768 x 32768 numbers are too many");
    assertRefused(
        view -> view.setDenseLogits(new DenseLogits(256, 1, 1, 1, ByteBuffer.allocate(512))),
        "segmentation has at most 255 classes, was 256");
    assertRefused(
        view -> view.setTopLogits(new TopLogits(3, List.of(0, 3), FloatArrays.of(1, 2), 0f)),
        "indices of topLogits must be different and from 0 to 2, were [0, 3]");
    assertRefused(
        view -> view.setTopLogits(new TopLogits(3, List.of(1, 1), FloatArrays.of(1, 2), 0f)),
        "indices of topLogits must be different and from 0 to 2, were [1, 1]");
    assertRefused(
        view -> view.setTopLogits(new TopLogits(3, List.of(0), FloatArrays.of(1, 2), 0f)),
        "topLogits has 1 indices and 2 logits for 3 classes");
  }

  private static void assertRefused(Consumer<LabeledView> change, String message) {
    LabeledView view = LabeledAnswers.passedOver(SampleRecords.view(), Instant.EPOCH);
    change.accept(view);
    assertThatThrownBy(() -> LabeledAnswers.row(view))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static LabeledView labeled(OutputShape output, OptionalInt top, float... row) {
    return LabeledAnswers.labeled(SampleRecords.view(), List.of(), row, output, top, Instant.EPOCH);
  }
}
