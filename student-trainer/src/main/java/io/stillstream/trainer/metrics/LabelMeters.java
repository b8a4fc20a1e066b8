package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.trainer.label.LabelMatch;
import io.stillstream.trainer.label.LabelMetrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Meters of labels that come apart from their images. */
public final class LabelMeters implements LabelMetrics {
  private final Map<LabelMatch, Counter> matches = new EnumMap<>(LabelMatch.class);
  private volatile int waiting;
  private volatile double teacherAccuracy = Double.NaN;

  public LabelMeters(MeterRegistry registry) {
    for (LabelMatch match : LabelMatch.values()) {
      if (match != LabelMatch.WAITING) {
        matches.put(
            match,
            Counter.builder("student.labels")
                .description("Labels that came apart from their images, by what they found")
                .tag("match", match.name().toLowerCase(Locale.ROOT))
                .register(registry));
      }
    }
    Gauge.builder("student.labels.waiting", () -> waiting)
        .description("Labels that came before the first view of their image")
        .register(registry);
    Gauge.builder("student.label.teacher.accuracy", () -> teacherAccuracy)
        .description("Share of labels that came apart and that the teacher had favoured")
        .register(registry);
  }

  @Override
  public void matched(LabelMatch match) {
    matches.get(match).increment();
  }

  @Override
  public void joined(int labelsWaiting, int compared, int teacherRight) {
    waiting = labelsWaiting;
    teacherAccuracy = compared == 0 ? Double.NaN : (double) teacherRight / compared;
  }
}
