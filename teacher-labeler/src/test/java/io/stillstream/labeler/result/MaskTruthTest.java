package io.stillstream.labeler.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MaskTruthTest {
  private static final OutputShape OUTPUT = OutputShape.segmentation(2, 1, 3, 2);

  /** Of class 0: e⁰ to e², of class 1: e¹. */
  private static final float[] ROW = {0, 1, 2, 1, 1, 1};

  @Test
  void shouldCompareCellsWithThePixelsAtTheirCentres() {
    // given: of each 2 x 2 pixels the last is the one at the centre
    MaskTruth truth = truth(9, 9, 9, 9, 9, 9, 9, 1, 9, 1, 9, 1);

    // when
    MaskTruth.Evaluation evaluation = truth.evaluate(ROW, OUTPUT).orElseThrow();

    // then
    assertThat(evaluation.classes()).isEqualTo(2);
    assertThat(evaluation.truth().classes()).containsExactly(1, 1, 1);
    assertThat(evaluation.answer().classes()).containsExactly(1, 0, 0);
    double[] probabilities = {
      Math.E / (1 + Math.E), 0.5, Math.E / (Math.E + Math.exp(2)),
    };
    assertThat(evaluation.loss())
        .isEqualTo(
            -(Math.log(probabilities[0]) + Math.log(probabilities[1]) + Math.log(probabilities[2]))
                / 3,
            within(1e-6));
  }

  @Test
  void shouldLeaveOutCellsThatDoNotCount() {
    // given
    MaskTruth truth = truth(0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 255);

    // then: only the cell in the middle
    assertThat(truth.evaluate(ROW, OUTPUT).orElseThrow().loss())
        .isEqualTo(Math.log(2), within(1e-6));
    assertThat(truth(0, 0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255).evaluate(ROW, OUTPUT)).isEmpty();
  }

  @Test
  void shouldNotCompareWithClassesThatTheTeacherDoesNotHave() {
    assertThat(truth(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2).evaluate(ROW, OUTPUT)).isEmpty();
  }

  @Test
  void shouldUseTheSameMemoryForEveryCell() {
    // given
    OutputShape output = OutputShape.segmentation(3, 64, 64, 1);
    MaskTruth truth = MaskTruth.of(new SegmentationMask(64, 64, new byte[64 * 64]), output);
    float[] row = new float[output.size()];
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Optional<MaskTruth.Evaluation> warmUp = truth.evaluate(row, output);
    long before = thread.getCurrentThreadAllocatedBytes();

    // when
    Optional<MaskTruth.Evaluation> evaluation = truth.evaluate(row, output);

    // then: no more than the answer's mask takes, which has the largest logit of each cell, too
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(8L * output.cells());
    assertThat(evaluation).isEqualTo(warmUp).isNotEmpty();
  }

  @Test
  void shouldRefuseMasksOfAnotherSize() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MaskTruth.of(new SegmentationMask(2, 4, new byte[8]), OUTPUT))
        .withMessageContaining("SegmentationMask[2 x 4] is not the truth of segmentation with 2");
  }

  private static MaskTruth truth(int... classes) {
    byte[] bytes = new byte[classes.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) classes[i];
    }
    return MaskTruth.of(new SegmentationMask(2, 6, bytes), OUTPUT);
  }
}
