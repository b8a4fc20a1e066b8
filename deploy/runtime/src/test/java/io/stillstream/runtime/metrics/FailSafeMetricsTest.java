package io.stillstream.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class FailSafeMetricsTest {
  private interface Counts {
    void counted(int number);
  }

  @Test
  void shouldHandCallsOnAndKeepWhatTheyThrow() {
    // given
    List<Integer> counted = new ArrayList<>();
    Counts counts =
        FailSafeMetrics.of(
            Counts.class,
            number -> {
              counted.add(number);
              if (number > 1) {
                throw new ArithmeticException("long overflow");
              }
            });
    // when
    counts.counted(1);
    counts.counted(2);
    counts.counted(3);
    // then
    assertThat(counted).containsExactly(1, 2, 3);
    assertThat(counts.toString()).contains("FailSafeMetricsTest");
  }

  @Test
  void shouldRefuseWhatHasResults() {
    assertThatThrownBy(() -> FailSafeMetrics.of(IntSupplier.class, () -> 42))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("getAsInt");
  }
}
