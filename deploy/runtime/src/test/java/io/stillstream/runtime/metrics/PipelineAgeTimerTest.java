package io.stillstream.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PipelineAgeTimerTest {
  private static final Instant NOW = Instant.parse("2026-11-29T04:00:00Z");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PipelineAgeTimer timer = new PipelineAgeTimer(registry, "seen");

  @Test
  void shouldMeasureAges() {
    // when
    timer.record(Duration.ofSeconds(3));
    timer.record(Duration.ofDays(49 * 365));
    // then
    assertThat(registry.get("stillstream.pipeline.age").tag("stage", "seen").timer().count())
        .isEqualTo(2);
    assertThat(registry.scrape())
        .contains("stillstream_pipeline_age_seconds_bucket{stage=\"seen\",le=\"5.0\"} 1")
        .contains("stillstream_pipeline_age_implausible_total{kind=\"past\",stage=\"seen\"} 0.0")
        .contains("stillstream_pipeline_age_implausible_total{kind=\"future\",stage=\"seen\"} 0.0");
  }

  @Test
  void shouldTellHoursFromDays() {
    // when
    timer.record(Duration.ofHours(5));
    timer.record(Duration.ofHours(23));
    timer.record(Duration.ofDays(2));
    timer.record(Duration.ofDays(6));
    timer.record(Duration.ofDays(8));
    // then
    assertThat(registry.scrape().lines())
        .contains(
            "stillstream_pipeline_age_seconds_bucket{stage=\"seen\",le=\"3600.0\"} 0",
            "stillstream_pipeline_age_seconds_bucket{stage=\"seen\",le=\"21600.0\"} 1",
            "stillstream_pipeline_age_seconds_bucket{stage=\"seen\",le=\"86400.0\"} 2",
            "stillstream_pipeline_age_seconds_bucket{stage=\"seen\",le=\"259200.0\"} 3",
            "stillstream_pipeline_age_seconds_bucket{stage=\"seen\",le=\"604800.0\"} 4",
            "stillstream_pipeline_age_seconds_bucket{stage=\"seen\",le=\"+Inf\"} 5");
  }

  @Test
  void shouldTakeAClockThatIsALittleAheadForOurs() {
    // when
    timer.record(PipelineAgeTimer.AHEAD.negated());
    // then
    assertThat(registry.get("stillstream.pipeline.age").timer().count()).isEqualTo(1);
    assertThat(registry.get("stillstream.pipeline.age").timer().totalTime(TimeUnit.SECONDS))
        .isZero();
  }

  @Test
  void shouldCountWhatCannotBeInsteadOfThrowing() {
    // given
    List<Instant> past =
        List.of(
            Instant.MIN,
            Instant.ofEpochMilli(Long.MIN_VALUE),
            Instant.parse("0001-01-01T00:00:00Z"),
            Instant.parse("1601-01-01T00:00:00Z"),
            Instant.EPOCH);
    List<Instant> future =
        List.of(
            NOW.plusSeconds(301),
            NOW.plusSeconds(300L * 365 * 86_400),
            Instant.ofEpochMilli(Long.MAX_VALUE),
            Instant.MAX);
    // when
    past.forEach(captured -> timer.record(Duration.between(captured, NOW)));
    future.forEach(captured -> timer.record(Duration.between(captured, NOW)));
    timer.record(Duration.ofSeconds(Long.MIN_VALUE));
    timer.record(Duration.ofSeconds(Long.MAX_VALUE));
    // then
    assertThat(registry.get("stillstream.pipeline.age").timer().count()).isZero();
    assertThat(count("past")).isEqualTo(past.size() + 1);
    assertThat(count("future")).isEqualTo(future.size() + 1);
  }

  @Test
  void shouldStayReadableWhateverTheAgesComeTo() {
    // when: more than 292 years together, which is what nanoseconds can count
    IntStream.range(0, 20).forEach(i -> timer.record(PipelineAgeTimer.OLDEST));
    // then
    assertThat(registry.scrape())
        .contains("stillstream_pipeline_age_seconds_count{stage=\"seen\"} 20");
  }

  private double count(String kind) {
    return registry.get("stillstream.pipeline.age.implausible").tag("kind", kind).counter().count();
  }
}
