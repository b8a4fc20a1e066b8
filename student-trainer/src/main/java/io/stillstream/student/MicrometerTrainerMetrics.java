package io.stillstream.student;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.Metrics;
import io.stillstream.student.training.PrequentialWindow;
import io.stillstream.student.training.StepReport;
import io.stillstream.student.training.TrainerMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The trainer's metrics as meters. */
final class MicrometerTrainerMetrics implements TrainerMetrics {
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Map<String, Double> values = new ConcurrentHashMap<>();
  private final Counter steps;
  private final Counter fresh;
  private final Counter replayed;
  private final Counter skipped;
  private final Counter checkpointFailures;
  private final Timer stepDuration;
  private final Timer checkpointDuration;
  private final Timer age;

  MicrometerTrainerMetrics(MeterRegistry registry, double learningRate, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
    steps = counter("student.steps", "Optimiser steps");
    fresh = views("fresh");
    replayed = views("replay");
    skipped = views("skipped");
    checkpointFailures = counter("student.checkpoint.failures", "Checkpoints that failed");
    stepDuration =
        Timer.builder("student.step.duration")
            .description("One optimiser step, building its batch included")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofSeconds(10))
            .register(registry);
    checkpointDuration =
        Timer.builder("student.checkpoint.duration")
            .description("Making a checkpoint; training waits meanwhile")
            .register(registry);
    age = Metrics.ageTimer(registry, "trained");
    gauge("student.loss", "Of the last step, before it", "kind", "total");
    gauge("student.loss", "Of the last step, before it", "kind", "distillation");
    gauge("student.loss", "Of the last step, before it", "kind", "labels");
    gauge("student.gradient.norm", "Global norm of the last step, before clipping");
    gauge("student.learning.rate", "Of the optimiser");
    gauge("student.prequential.accuracy", "Of the student on the latest labelled originals");
    gauge("student.prequential.teacher.accuracy", "Of the teacher on the same");
    gauge("student.teacher.agreement", "Share of the latest originals they agree on");
    gauge("student.release.version", "Of the newest release; 0 before the first");
    values.put("student.learning.rate", learningRate);
  }

  @Override
  public void stepTaken(StepReport report, Duration took) {
    steps.increment();
    stepDuration.record(took);
    values.put("student.loss.total", report.loss());
    values.put("student.loss.distillation", report.distillation());
    values.put("student.loss.labels", report.labels());
    values.put("student.gradient.norm", report.gradientNorm());
  }

  @Override
  public void viewsTrained(int freshViews, int replayedViews) {
    fresh.increment(freshViews);
    replayed.increment(replayedViews);
  }

  @Override
  public void evaluated(PrequentialWindow window) {
    window.studentAccuracy().ifPresent(v -> values.put("student.prequential.accuracy", v));
    window.teacherAccuracy().ifPresent(v -> values.put("student.prequential.teacher.accuracy", v));
    window.agreement().ifPresent(v -> values.put("student.teacher.agreement", v));
  }

  @Override
  public void trained(Instant capturedAt) {
    Duration since = Duration.between(capturedAt, clock.instant());
    age.record(since.isNegative() ? Duration.ZERO : since);
  }

  @Override
  public void rejected(String reason) {
    Counter.builder("student.rejected")
        .description("Records that went to dead letters")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  @Override
  public void skipped() {
    skipped.increment();
  }

  @Override
  public void checkpointed(Duration took) {
    checkpointDuration.record(took);
  }

  @Override
  public void checkpointFailed() {
    checkpointFailures.increment();
  }

  @Override
  public void released(long version) {
    values.put("student.release.version", (double) version);
  }

  private Counter views(String origin) {
    return Counter.builder("student.views")
        .description("Views: trained on fresh, trained on again, or saying nothing")
        .tag("origin", origin)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** A gauge of the value of its name, the tag's value appended; NaN until there is one. */
  private void gauge(String name, String description, String... tag) {
    String key = tag.length == 0 ? name : name + "." + tag[1];
    Gauge.builder(name, () -> values.getOrDefault(key, Double.NaN))
        .description(description)
        .tags(tag)
        .register(registry);
  }
}
