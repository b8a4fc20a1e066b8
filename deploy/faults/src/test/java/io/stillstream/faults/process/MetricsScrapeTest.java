package io.stillstream.faults.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsScrapeTest {
  private final MetricsScrape scrape =
      new MetricsScrape(
          """
          # HELP student_views_total Views
          # TYPE student_views_total counter
          student_views_total{origin="fresh"} 1280.0
          student_views_total{origin="replay"} 3.84E3
          student_learning_rate 0.004
          student_loss{kind="labels"} NaN
          up_for_ever +Inf
          """);

  @Test
  void shouldAddUpWhatHasTheLabels() {
    assertThat(scrape.sum("student_views_total")).isEqualTo(5120);
    assertThat(scrape.sum("student_views_total", "origin=\"fresh\"")).isEqualTo(1280);
  }

  @Test
  void shouldReadSamplesWithoutLabels() {
    assertThat(scrape.sum("student_learning_rate")).isEqualTo(0.004);
    assertThat(scrape.sum("up_for_ever")).isInfinite();
  }

  @Test
  void shouldTakeWhatIsMissingForNothing() {
    assertThat(scrape.sum("student_steps_total")).isZero();
  }
}
