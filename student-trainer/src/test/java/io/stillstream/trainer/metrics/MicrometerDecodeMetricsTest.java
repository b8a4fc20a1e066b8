package io.stillstream.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerDecodeMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void shouldTellWaitingFromDecoding() {
    // given
    MicrometerDecodeMetrics metrics = new MicrometerDecodeMetrics(registry);

    // when
    metrics.waited(Duration.ofMillis(3));
    metrics.waited(Duration.ofMillis(4));
    metrics.decoded(Duration.ofMillis(20));

    // then
    assertThat(milliseconds("student.decode.wait")).isEqualTo(7);
    assertThat(registry.get("student.decode.wait").timer().count()).isEqualTo(2);
    assertThat(milliseconds("student.decode.duration")).isEqualTo(20);
  }

  private double milliseconds(String name) {
    return registry.get(name).timer().totalTime(TimeUnit.MILLISECONDS);
  }
}
