package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.List;

/**
 * Tags the meters of one student with its name: {@code student.*} get the tag {@code student}.
 * Meters that other services have, too, stay without it, since all services of a process may share
 * one registry, and Prometheus wants the same labels on all series of a name.
 */
public final class StudentMeters {
  static final String TAG = "student";
  private static final String OWN = "student.";

  private StudentMeters() {}

  /**
   * A registry that passes all meters on to another one. It is not to be closed: that would close
   * the other one.
   *
   * @param registry that the service was given
   * @param student name of the model, as in releases and events
   */
  public static MeterRegistry of(MeterRegistry registry, String student) {
    CompositeMeterRegistry tagged =
        new CompositeMeterRegistry(registry.config().clock(), List.of(registry));
    // Not in the registry itself: its meters of the process are there already.
    tagged.config().meterFilter(filter(Tag.of(TAG, student)));
    return tagged;
  }

  private static MeterFilter filter(Tag student) {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        return id.getName().startsWith(OWN) ? id.withTag(student) : id;
      }
    };
  }
}
