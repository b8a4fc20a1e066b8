package io.stillstream.labeler.teachers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stillstream.schemas.answer.OutputShape;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PixelProbabilityAveragerTest {
  private static final OutputShape OUTPUT = OutputShape.segmentation(3, 2, 4, 2);
  private static final List<Double> WEIGHTS = List.of(3.0, 1.0);

  private final AnswerAverager averager = AnswerAverager.of(OUTPUT, WEIGHTS);

  @Test
  void shouldAverageTheProbabilitiesOfEachCell() {
    // given
    float[][] rows = {noise(1), noise(2)};

    // when
    float[] mean = averager.average(rows);

    // then: 3/4 · softmax + 1/4 · softmax, as it is written in books
    assertThat(averager.weights()).containsExactly(0.75, 0.25);
    for (int cell = 0; cell < OUTPUT.cells(); cell++) {
      double[] first = softmax(rows[0], cell);
      double[] second = softmax(rows[1], cell);
      for (int k = 0; k < OUTPUT.channels(); k++) {
        assertThat(Math.exp(mean[k * OUTPUT.cells() + cell]))
            .isEqualTo(0.75 * first[k] + 0.25 * second[k], within(1e-6));
      }
    }
  }

  @Test
  void shouldHideNoLogitThatIsNotFinite() {
    // given
    float[][] rows = {noise(1), noise(2)};
    int cell = 5;
    rows[1][2 * OUTPUT.cells() + cell] = Float.POSITIVE_INFINITY;

    // when
    float[] mean = averager.average(rows);

    // then
    for (int i = 0; i < mean.length; i++) {
      assertThat(Float.isNaN(mean[i])).isEqualTo(i % OUTPUT.cells() == cell);
    }
  }

  @Test
  void shouldTakeMemoryForTheMeanOnly() {
    // given
    OutputShape output = OutputShape.segmentation(3, 64, 64, 1);
    AnswerAverager large = AnswerAverager.of(output, WEIGHTS);
    float[][] rows = {new float[output.size()], new float[output.size()]};
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int size = large.average(rows).length;
    long before = thread.getCurrentThreadAllocatedBytes();

    // when
    float[] mean = large.average(rows);

    // then: nothing for a cell but its own numbers
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(4L * size + 4096);
    assertThat(mean).hasSize(size);
  }

  private static float[] noise(int seed) {
    Random random = new Random(seed);
    float[] row = new float[OUTPUT.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = random.nextFloat() * 20 - 10;
    }
    return row;
  }

  private static double[] softmax(float[] row, int cell) {
    double[] powers = new double[OUTPUT.channels()];
    double sum = 0;
    for (int k = 0; k < powers.length; k++) {
      powers[k] = Math.exp(row[k * OUTPUT.cells() + cell]);
      sum += powers[k];
    }
    for (int k = 0; k < powers.length; k++) {
      powers[k] /= sum;
    }
    return powers;
  }
}
