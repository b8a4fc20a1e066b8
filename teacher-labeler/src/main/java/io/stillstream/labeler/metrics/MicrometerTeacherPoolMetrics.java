package io.stillstream.labeler.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.stillstream.labeler.teachers.TeacherLease.Contribution;
import io.stillstream.runtime.metrics.ServiceMetrics;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Metrics of replaced teachers as Micrometer meters. */
public final class MicrometerTeacherPoolMetrics implements TeacherPoolMetrics {
  private final MultiGauge info;
  private final Timer loading;
  private final Counter failures;
  private final Timer swap;

  public MicrometerTeacherPoolMetrics(MeterRegistry registry) {
    info =
        MultiGauge.builder("teacher.model.info")
            .description("The teachers that label now, always 1")
            .register(registry);
    loading =
        Timer.builder("teacher.load.duration")
            .description("A new teacher loaded, probed and warmed, or found unusable")
            .register(registry);
    failures =
        Counter.builder("teacher.load.failures")
            .description("New teachers that could not be used; the old one stayed")
            .register(registry);
    swap =
        Timer.builder("teacher.swap.duration")
            .description("Time for which no batch could begin because a teacher was replaced")
            .serviceLevelObjectives(
                ServiceMetrics.buckets(Duration.ofNanos(10_000), Duration.ofSeconds(1)))
            .register(registry);
  }

  /** Teachers that are no longer active leave the registry. */
  @Override
  public void activeTeachers(List<Contribution> contributions) {
    info.register(
        contributions.stream()
            .map(Contribution::teacher)
            .distinct()
            .map(
                teacher ->
                    MultiGauge.Row.of(
                        Tags.of(
                            "name", teacher.name(),
                            "version", teacher.version(),
                            "sha256", teacher.sha256()),
                        1))
            .collect(Collectors.toList()),
        true);
  }

  @Override
  public void loaded(Duration took) {
    loading.record(took);
  }

  @Override
  public void loadFailed() {
    failures.increment();
  }

  @Override
  public void swapped(Duration blocked) {
    swap.record(blocked);
  }
}
