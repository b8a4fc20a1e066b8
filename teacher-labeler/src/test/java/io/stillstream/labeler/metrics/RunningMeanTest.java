package io.stillstream.labeler.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RunningMeanTest {
  @Test
  void shouldForgetWhatIsOlderThanTheWindow() {
    // given
    RunningMean mean = new RunningMean(3);

    // then
    assertThat(mean.value()).isNaN();
    mean.add(6);
    assertThat(mean.value()).isEqualTo(6);
    mean.add(0);
    assertThat(mean.value()).isEqualTo(3);
    mean.add(3);
    mean.add(9);
    assertThat(mean.value()).isEqualTo(4);
  }

  @Test
  void shouldRefuseAWindowOfNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RunningMean(0));
  }
}
