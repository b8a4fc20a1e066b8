package io.stillstream.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.schemas.answer.ModelTask;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicrometerTrainerMetricsTest {
  @Test
  void shouldCountAnyMomentOfCaptureAndFailOnNone() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Instant now = Instant.parse("2026-11-29T04:00:00Z");
    MicrometerTrainerMetrics metrics =
        new MicrometerTrainerMetrics(
            meters, InstantSource.fixed(now), ModelTask.CLASSIFICATION, List.of("a"));

    // when
    metrics.trained(Instant.parse("0001-01-01T00:00:00Z"));
    metrics.trained(Instant.ofEpochMilli(Long.MIN_VALUE));
    metrics.trained(Instant.ofEpochMilli(Long.MAX_VALUE));
    metrics.trained(now.minusSeconds(1));

    // then
    assertThat(meters.get("stillstream.pipeline.age").tag("stage", "trained").timer().count())
        .isEqualTo(1);
    assertThat(
            meters
                .get("stillstream.pipeline.age.implausible")
                .tag("kind", "past")
                .counter()
                .count())
        .isEqualTo(2);
    assertThat(
            meters
                .get("stillstream.pipeline.age.implausible")
                .tag("kind", "future")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void shouldTellWhatCheckpointsWrite() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MicrometerTrainerMetrics metrics =
        new MicrometerTrainerMetrics(
            meters, InstantSource.system(), ModelTask.CLASSIFICATION, List.of());

    // when
    metrics.checkpointWritten(100, 5000);
    metrics.checkpointWritten(100, 0);

    // then
    DistributionSummary segment =
        meters.get("student.checkpoint.bytes").tag("kind", "segment").summary();
    assertThat(segment.count()).isEqualTo(2);
    assertThat(segment.totalAmount()).isEqualTo(5000);
    assertThat(segment.max()).isEqualTo(5000);
    assertThat(meters.get("student.checkpoint.bytes").tag("kind", "files").summary().mean())
        .isEqualTo(100);
  }
}
