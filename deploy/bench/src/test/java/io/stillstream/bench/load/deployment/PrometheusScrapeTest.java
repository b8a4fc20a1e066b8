package io.stillstream.bench.load.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class PrometheusScrapeTest {
  private final PrometheusScrape scrape =
      PrometheusScrape.parse(
          """
          # HELP student_views_total views
          # TYPE student_views_total counter
          student_views_total{origin="fresh"} 512.0
          student_views_total{origin="replay"} 1536.0
          pipeline_age_seconds_bucket{stage="trained",le="0.5"} 3
          pipeline_age_seconds_bucket{stage="trained",le="+Inf"} 5
          pipeline_age_seconds_bucket{stage="labeled",le="0.5"} 99
          jvm_info{vendor="A B",version="17 {x}"} 1.0
          process_cpu_time_ns_total 1.25E9
          """);

  @Test
  void shouldAddUpWhatHasTheLabels() {
    assertThat(scrape.sum("student_views_total")).isEqualTo(2048);
    assertThat(scrape.sum("student_views_total", "origin=\"fresh\"")).isEqualTo(512);
    assertThat(scrape.sum("process_cpu_time_ns_total")).isEqualTo(1.25e9);
    assertThat(scrape.sum("jvm_info", "vendor=\"A B\"")).isEqualTo(1);
    assertThat(scrape.sum("nothing")).isZero();
  }

  @Test
  void shouldReadTheBucketsOfOneStage() {
    assertThat(scrape.buckets("pipeline_age_seconds", "stage=\"trained\""))
        .isEqualTo(Map.of(0.5, 3.0, Double.POSITIVE_INFINITY, 5.0));
  }

  @Test
  void shouldTellAServiceByItsMetrics() {
    assertThat(ProcessRole.of(scrape)).contains(ProcessRole.TRAINER);
    assertThat(ProcessRole.TRAINER.images(scrape, 4)).isEqualTo(128);
    assertThat(ProcessRole.of(PrometheusScrape.parse("up 1"))).isEmpty();
  }
}
