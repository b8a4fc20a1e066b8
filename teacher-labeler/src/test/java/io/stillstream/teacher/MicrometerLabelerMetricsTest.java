package io.stillstream.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.teacher.labels.Answer.Reason;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MicrometerLabelerMetricsTest {
  /** A counter that appears with its first increment hides that increment from a rate. */
  @Test
  void shouldShowEveryReasonForRejectionFromTheStart() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    // when
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);

    // then
    assertThat(meters.find("teacher.rejected").counters())
        .allMatch(counter -> counter.count() == 0)
        .extracting(counter -> counter.getId().getTag("reason"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Reason.values()).map(Reason::tag).toList());

    // when
    metrics.rejected(Reason.INFERENCE);

    // then
    Counter inference = meters.get("teacher.rejected").tag("reason", "inference").counter();
    assertThat(inference.count()).isEqualTo(1);
  }
}
