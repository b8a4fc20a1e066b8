package io.stillstream.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsScrapeTest {
  private final MetricsScrape scrape =
      MetricsScrape.parse(
          """
          # HELP student_views_total Views
          # TYPE student_views_total counter
          student_views_total{origin="fresh"} 1280.0
          student_views_total{origin="replay"} 3.84E3
          student_learning_rate 0.004
          student_loss{kind="labels"} NaN
          up_for_ever +Inf
          stillstream_pipeline_age_seconds_bucket{stage="trained",le="0.5"} 3
          stillstream_pipeline_age_seconds_bucket{stage="trained",le="+Inf"} 5
          stillstream_pipeline_age_seconds_bucket{stage="labeled",le="0.5"} 99
          jvm_info{vendor="A B",version="17 {x}"} 1.0
          """);

  @Test
  void shouldAddUpWhatHasTheLabels() {
    assertThat(scrape.sum("student_views_total")).isEqualTo(5120);
    assertThat(scrape.sum("student_views_total", "origin=\"fresh\"")).isEqualTo(1280);
  }

  @Test
  void shouldReadLabelsWithSpacesAndBraces() {
    assertThat(scrape.sum("jvm_info", "vendor=\"A B\"")).isEqualTo(1);
  }

  @Test
  void shouldReadTheBucketsOfOneStage() {
    assertThat(scrape.buckets("stillstream_pipeline_age_seconds", "stage=\"trained\""))
        .isEqualTo(Map.of(0.5, 3.0, Double.POSITIVE_INFINITY, 5.0));
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
