package io.stillstream.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.trainer.label.LabelMatch;
import org.junit.jupiter.api.Test;

class LabelMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LabelMeters meters = new LabelMeters(registry);

  @Test
  void shouldCountWhatLabelsFound() {
    // when
    meters.matched(LabelMatch.LATE);
    meters.matched(LabelMatch.LATE);
    meters.matched(LabelMatch.EARLY);

    // then: those that wait are no counter, as they find something else one day
    assertThat(registry.find("student.labels").counters())
        .extracting(counter -> counter.getId().getTag("match"))
        .containsExactlyInAnyOrder("early", "late", "teacher", "unmatched");
    assertThat(count("late")).isEqualTo(2);
    assertThat(count("early")).isEqualTo(1);
    assertThat(count("unmatched")).isZero();
  }

  @Test
  void shouldShowTheTeachersAccuracy() {
    // given
    assertThat(gauge("student.label.teacher.accuracy")).isNaN();

    // when
    meters.joined(7, 4, 3);

    // then
    assertThat(gauge("student.label.teacher.accuracy")).isEqualTo(0.75);
    assertThat(gauge("student.labels.waiting")).isEqualTo(7);
    meters.joined(0, 0, 0);
    assertThat(gauge("student.label.teacher.accuracy")).isNaN();
  }

  private double count(String match) {
    return registry.get("student.labels").tag("match", match).counter().count();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }
}
