package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.metrics.PipelineAgeTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistogramPercentileTest {
  private static final double MS = 1e6;
  private static final CountAtBucket[] BUCKETS = {
    new CountAtBucket(10 * MS, 0), new CountAtBucket(100 * MS, 50), new CountAtBucket(200 * MS, 90)
  };

  @Test
  void shouldInterpolateWithinABucket() {
    assertThat(HistogramPercentile.millis(BUCKETS, 100, 0.25)).hasValue(55);
    assertThat(HistogramPercentile.millis(BUCKETS, 100, 0.5)).hasValue(100);
    assertThat(HistogramPercentile.millis(BUCKETS, 100, 0.7)).hasValue(150);
  }

  @Test
  void shouldStopAtTheHighestBound() {
    assertThat(HistogramPercentile.millis(BUCKETS, 100, 0.99)).hasValue(200);
  }

  @Test
  void shouldSayNothingOfNothing() {
    assertThat(HistogramPercentile.millis(BUCKETS, 0, 0.5)).isEmpty();
  }

  @Test
  void shouldReadThePipelinesOwnTimer() {
    // given
    MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    PipelineAgeTimer age = new PipelineAgeTimer(registry, "trained");
    Timer timer = registry.get("stillstream.pipeline.age").timer();
    // when
    for (int i = 0; i < 100; i++) {
      age.record(Duration.ofMillis(300));
    }
    // then: the bucket from 250 to 500 ms
    assertThat(HistogramPercentile.millis(timer, 0.5).orElseThrow()).isCloseTo(375, within(1.0));
    registry.close();
  }
}
