package io.stillstream.labeler.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.labeler.result.ViewResult.Labeled;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.schemas.answer.OutputShape;
import org.junit.jupiter.api.Test;

class ViewResultTest {
  private static final OutputShape CELLS = OutputShape.segmentation(2, 2, 3, 1);

  @Test
  void shouldTakeAllThatARecordCanHold() {
    assertLabeled(OutputShape.classification(2), 3e38f, -3e38f);
    assertLabeled(OutputShape.embedding(2), 65_504, -65_504);
    assertLabeled(CELLS, new float[12]);
  }

  @Test
  void shouldRejectWhatHalfPrecisionCannotHold() {
    assertThat(ViewResult.of(new float[] {1, -65_505}, OutputShape.embedding(2)))
        .isEqualTo(
            new Rejected(
                Reason.OVERFLOW,
                "dimension 1 of the embedding is -65505.0, half precision ends at ±65504"));
    float[] row = new float[12];
    row[10] = 1e6f;
    assertThat(ViewResult.of(row, CELLS))
        .isEqualTo(
            new Rejected(
                Reason.OVERFLOW,
                "the logit of class 1 in row 1, column 1 is 1000000.0, half precision ends at ±65504"));
  }

  @Test
  void shouldRejectWhatIsNotFinite() {
    assertThat(
            ViewResult.of(new float[] {1, Float.NEGATIVE_INFINITY}, OutputShape.classification(2)))
        .isEqualTo(new Rejected(Reason.NON_FINITE, "the logit of class 1 is -Infinity"));
    float[] row = new float[12];
    row[5] = Float.NaN;
    assertThat(ViewResult.of(row, CELLS))
        .isEqualTo(
            new Rejected(Reason.NON_FINITE, "the logit of class 0 in row 1, column 2 is NaN"));
    assertThat(ViewResult.of(new float[] {Float.POSITIVE_INFINITY}, OutputShape.embedding(1)))
        .isEqualTo(new Rejected(Reason.NON_FINITE, "dimension 0 of the embedding is Infinity"));
  }

  @Test
  void shouldRejectEmbeddingsWithoutDirection() {
    // given
    OutputShape output = OutputShape.embedding(2);
    Rejected rejected =
        new Rejected(
            Reason.ZERO_EMBEDDING,
            "the embedding has no direction: all of it is 0 in half precision");

    // then: also if only the record would hold zeros
    assertThat(ViewResult.of(new float[] {0, -0f}, output)).isEqualTo(rejected);
    assertThat(ViewResult.of(new float[] {1e-8f, -1e-8f}, output)).isEqualTo(rejected);
    assertThat(rejected.reason().tag()).isEqualTo("zero_embedding");
    assertLabeled(output, 0, 1e-7f);
    assertLabeled(OutputShape.classification(2), 0, 0);
  }

  private static void assertLabeled(OutputShape output, float... answer) {
    assertThat(ViewResult.of(answer, output)).isEqualTo(new Labeled(answer));
  }
}
