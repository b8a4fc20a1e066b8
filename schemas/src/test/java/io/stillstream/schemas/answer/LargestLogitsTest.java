package io.stillstream.schemas.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargestLogitsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 50, 99, 100})
  void shouldFindWhatSortingAllFinds(int count) {
    for (int seed = 0; seed < 20; seed++) {
      // given: with equal ones among them
      Random random = new Random(seed);
      float[] row = new float[100];
      for (int k = 0; k < row.length; k++) {
        row[k] = random.nextInt(40) / 4f - 5;
      }

      // then
      assertThat(LargestLogits.of(row, count)).isEqualTo(sorted(row, count));
    }
  }

  @Test
  void shouldOrderNumbersOfAllSizes() {
    assertThat(
            LargestLogits.of(
                new float[] {
                  -1, Float.MAX_VALUE, -Float.MIN_VALUE, 0, Float.MIN_VALUE, -Float.MAX_VALUE, 2
                },
                7))
        .containsExactly(1, 6, 4, 3, 2, 0, 5);
  }

  @Test
  void shouldTakeMemoryForThoseThatItKeepsOnly() {
    // given: rows for which every class is among the largest so far, and rows for which few are
    float[] ascending = new float[21_000];
    float[] descending = new float[21_000];
    for (int k = 0; k < ascending.length; k++) {
      ascending[k] = k;
      descending[k] = -k;
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int warmUp = LargestLogits.of(ascending, 10).length;
    long before = thread.getCurrentThreadAllocatedBytes();

    // when
    int[] last = LargestLogits.of(ascending, 10);
    int[] first = LargestLogits.of(descending, 10);

    // then: not even one byte a class
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(ascending.length);
    assertThat(last).hasSize(warmUp).startsWith(20_999, 20_998);
    assertThat(first).startsWith(0, 1);
  }

  private static int[] sorted(float[] row, int count) {
    return IntStream.range(0, row.length)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -row[k]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
