package io.stillstream.labeler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerRemoteTeacherMetricsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerRemoteTeacherMetrics metrics = new MicrometerRemoteTeacherMetrics(meters);

  @Test
  void shouldCountRetriesByCode() {
    // when
    metrics.retry("UNAVAILABLE");
    metrics.retry("UNAVAILABLE");
    metrics.retry("VERSION");

    // then
    assertThat(meters.get("teacher.remote.retries").tag("code", "UNAVAILABLE").counter().count())
        .isEqualTo(2);
    assertThat(meters.get("teacher.remote.retries").tag("code", "VERSION").counter().count())
        .isEqualTo(1);
  }

  @Test
  void shouldTimeRequests() {
    // when
    metrics.request(Duration.ofMillis(20));

    // then
    assertThat(
            meters.get("teacher.remote.request.duration").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(20);
  }
}
