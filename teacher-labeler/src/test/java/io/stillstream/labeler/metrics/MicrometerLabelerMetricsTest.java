package io.stillstream.labeler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.result.ViewResult.Reason;
import java.time.Duration;
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

  @Test
  void shouldCountAnyAgeAndFailOnNone() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);

    // when
    metrics.labeled(Duration.ofDays(2026 * 365));
    metrics.overBudget(Duration.ofDays(-300 * 365));
    metrics.labeled(Duration.ofMillis(5));

    // then
    assertThat(meters.get("teacher.views").counter().count()).isEqualTo(3);
    assertThat(meters.get("pipeline.age").timer().count()).isEqualTo(1);
    assertThat(meters.find("pipeline.age.implausible").tag("stage", "labeled").counters())
        .hasSize(2)
        .allMatch(counter -> counter.count() == 1);
  }

  @Test
  void shouldShowTheCapForAsLongAsThereIsOne() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
    assertThat(meters.find("teacher.batch.cap").gauge()).isNull();

    // when
    metrics.batchCap("gpu0", 32);
    metrics.batchCap("gpu0", 64);

    // then
    assertThat(meters.get("teacher.batch.cap").tag("device", "gpu0").gauge().value()).isEqualTo(64);

    // when
    metrics.batchCap("gpu0", 0);

    // then: no alert rests on it any more
    assertThat(meters.get("teacher.batch.cap").gauge().value()).isNaN();
  }
}
