package io.stillstream.labeler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.teachers.TeacherLease.Contribution;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicrometerTeacherPoolMetricsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MicrometerTeacherPoolMetrics metrics = new MicrometerTeacherPoolMetrics(meters);

  @Test
  void shouldShowOnlyWhoTeachesNow() {
    // when
    metrics.activeTeachers(List.of(credit("a", "1")));
    metrics.activeTeachers(List.of(credit("a", "2"), credit("b", "1"), credit("b", "1")));

    // then
    assertThat(meters.find("teacher.model.info").gauges())
        .extracting(gauge -> gauge.getId().getTag("name") + gauge.getId().getTag("version"))
        .containsExactlyInAnyOrder("a2", "b1");
    assertThat(meters.find("teacher.model.info").gauges())
        .extracting(Gauge::value)
        .containsOnly(1.0);
  }

  @Test
  void shouldShowFailuresFromTheStart() {
    assertThat(meters.get("teacher.load.failures").counter().count()).isZero();
    metrics.loadFailed();
    assertThat(meters.get("teacher.load.failures").counter().count()).isEqualTo(1);
  }

  private static Contribution credit(String name, String version) {
    return new Contribution(new TeacherModel.Identity(name, version, "00", "test"), 1);
  }
}
