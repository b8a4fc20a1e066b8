package io.stillstream.labeler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunningAccuracyTest {
  private final RunningAccuracy accuracy = new RunningAccuracy(4);

  @Test
  void shouldBeUnknownAtFirst() {
    assertThat(accuracy.value()).isNaN();
  }

  @Test
  void shouldAverageOverWhatThereIs() {
    // when
    add(true, false, true);

    // then
    assertThat(accuracy.value()).isEqualTo(2.0 / 3);
  }

  @Test
  void shouldForgetWhatIsOlderThanTheWindow() {
    // when
    add(true, true, true, true, false, false, false);

    // then
    assertThat(accuracy.value()).isEqualTo(0.25);
  }

  private void add(boolean... answers) {
    for (boolean answer : answers) {
      accuracy.add(answer);
    }
  }
}
