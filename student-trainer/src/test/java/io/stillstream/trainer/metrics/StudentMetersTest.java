package io.stillstream.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StudentMetersTest {
  private final PrometheusMeterRegistry process =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void shouldTagWhatIsTheStudentsOwn() {
    // given
    MeterRegistry meters = StudentMeters.of(process, "cnn");

    // when
    meters.counter("student.steps").increment(3);
    Gauge.builder("student.loss", () -> 0.5).tag("kind", "total").register(meters);
    Timer.builder("student.step.duration")
        .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofSeconds(1))
        .register(meters)
        .record(Duration.ofMillis(20));
    Counter.builder("student.views").withRegistry(meters).withTag("origin", "fresh").increment(2);

    // then
    assertThat(process.scrape().lines())
        .contains(
            "student_steps_total{student=\"cnn\"} 3.0",
            "student_loss{kind=\"total\",student=\"cnn\"} 0.5",
            "student_step_duration_seconds_bucket{student=\"cnn\",le=\"0.001\"} 0",
            "student_step_duration_seconds_bucket{student=\"cnn\",le=\"1.0\"} 1",
            "student_views_total{origin=\"fresh\",student=\"cnn\"} 2.0");
    assertThat(meters.get("student.steps").counter().count()).isEqualTo(3);
  }

  @Test
  void shouldShareMetersOfAllServicesOfAProcess() {
    // given
    process.counter("stillstream.dead.letters", "service", "augmenter").increment();

    // when
    StudentMeters.of(process, "cnn")
        .counter("stillstream.dead.letters", "service", "student-trainer")
        .increment(2);

    // then
    assertThat(process.scrape().lines())
        .contains(
            "stillstream_dead_letters_total{service=\"augmenter\"} 1.0",
            "stillstream_dead_letters_total{service=\"student-trainer\"} 2.0");
  }

  @Test
  void shouldKeepStudentsOfOneProcessApart() {
    // when
    StudentMeters.of(process, "cnn").counter("student.steps").increment();
    StudentMeters.of(process, "mlp").counter("student.steps").increment(5);

    // then
    assertThat(process.scrape().lines())
        .contains(
            "student_steps_total{student=\"cnn\"} 1.0", "student_steps_total{student=\"mlp\"} 5.0");
  }

  @Test
  void shouldTakeAMeterOutOfTheProcessToo() {
    // given
    MeterRegistry meters = StudentMeters.of(process, "cnn");
    Counter counter = meters.counter("student.steps");

    // when
    meters.remove(counter);

    // then
    assertThat(process.getMeters()).isEmpty();
  }
}
