package io.stillstream.bench.load.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.embedded.process.MetricsScrape;
import org.junit.jupiter.api.Test;

final class ProcessRoleTest {
  @Test
  void shouldTellAServiceByItsMetrics() {
    // given
    MetricsScrape scrape =
        MetricsScrape.parse(
            """
            student_views_total{origin="fresh"} 512.0
            student_views_total{origin="replay"} 1536.0
            """);

    // when, then
    assertThat(ProcessRole.of(scrape)).contains(ProcessRole.TRAINER);
    assertThat(ProcessRole.TRAINER.images(scrape, 4)).isEqualTo(128);
    assertThat(ProcessRole.of(MetricsScrape.parse("up 1"))).isEmpty();
  }
}
