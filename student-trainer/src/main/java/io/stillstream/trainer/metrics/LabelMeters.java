package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.trainer.label.LabelMatch;
import io.stillstream.trainer.label.LabelMetrics;

/** Metrics of labels in Micrometer. */
public final class LabelMeters implements LabelMetrics {
  private final MeterRegistry registry;

  public LabelMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void matched(LabelMatch match) {
    registry.counter("student.labels", "match", match.name()).increment();
  }

  @Override
  public void joined(int waiting, int compared, int teacherRight) {}
}
