package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.metrics.PipelineAgeTimer;
import io.stillstream.runtime.metrics.ServiceMetrics;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.input.RecordConverter;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.drift.DriftDetector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The trainer's metrics as meters. */
public final class MicrometerTrainerMetrics implements TrainerMetrics {
  private static final List<String> SKIPS = List.of("loss", "gradient");
  private static final List<String> ROLLBACKS =
      List.of(GuardedTraining.NOT_FINITE, GuardedTraining.LOSS_SPIKE);

  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Map<String, Double> values = new ConcurrentHashMap<>();
  private final MeterProvider<Counter> views;
  private final MeterProvider<Counter> rejections;
  private final MeterProvider<Counter> skips;
  private final MeterProvider<Counter> rollbacks;
  private final MeterProvider<Counter> drifts;
  private final Counter steps;
  private final Counter fresh;
  private final Counter replayed;
  private final Counter skipped;
  private final Counter forgotten;
  private final Counter gateFailures;
  private final Counter unsure;
  private final Timer stepDuration;
  private final Timer heldOutDuration;
  private final PipelineAgeTimer age;
  private final AugmentationMeters augmentation;
  private final CheckpointMeters checkpoints;
  private final ScoreMeters scores;

  /**
   * @param task of the student
   * @param classes names of its classes
   */
  public MicrometerTrainerMetrics(
      MeterRegistry registry, InstantSource clock, ModelTask task, List<String> classes) {
    this.registry = registry;
    this.clock = clock;
    views =
        counters("student.views", "Views: trained on fresh, trained on again, or saying nothing");
    rejections = counters("student.rejected", "Records that went to dead letters");
    skips =
        counters(
            "student.steps.skipped",
            "Steps that changed nothing, since something was not finite or the program failed");
    rollbacks =
        counters(
            "student.rollbacks",
            "How often training was set back to the last checkpoint's weights");
    drifts = counters("student.drift.events", "Rises of a signal that are not by chance");
    steps = counter("student.steps", "Optimiser steps");
    fresh = views.withTag("origin", "fresh");
    replayed = views.withTag("origin", "replay");
    skipped = views.withTag("origin", "skipped");
    forgotten =
        counter("student.forgotten.views", "Views removed, or not let in, as their image is to be");
    gateFailures = counter("student.gate.failures", "Challengers that did not pass the gate");
    unsure =
        counter(
            "student.unsure.answers",
            "Answers for fresh views, or cells of them, without weight as the teacher is unsure");
    stepDuration =
        timer("student.step.duration", "One optimiser step, building its batch included", 1);
    heldOutDuration =
        timer(
            "student.held.out.duration",
            "How long training waited for a pass over the held-out examples",
            10);
    age = new PipelineAgeTimer(registry, "trained");
    augmentation = new AugmentationMeters(registry);
    checkpoints = new CheckpointMeters(registry);
    scores = new ScoreMeters(registry, task, classes);
    gauge("student.loss", "Of the last step, before it", "kind", "total");
    gauge("student.loss", "Of the last step, before it", "kind", "distillation");
    gauge("student.loss", "Of the last step, before it", "kind", "labels");
    gauge("student.gradient.norm", "Global norm of the last step, before clipping");
    gauge("student.learning.rate", "Of the last step, its factor included");
    gauge("student.release.version", "Of the champion; 0 before the first");
    gauge("student.updates", "Optimiser steps that the batch before got");
    gauge("student.buffer.views", "Views kept for replay");
    gauge("student.buffer.bytes", "What they take on the heap");
    // A counter that appears with its first increment hides that increment from rate().
    RecordConverter.REASONS.forEach(reason -> rejections.withTag("reason", reason));
    SKIPS.forEach(reason -> skips.withTag("reason", reason));
    ROLLBACKS.forEach(reason -> rollbacks.withTag("reason", reason));
    DriftDetector.SIGNALS.forEach(signal -> drifts.withTag("signal", signal));
  }

  @Override
  public void stepTaken(StepReport report, Duration took) {
    steps.increment();
    stepDuration.record(took);
    values.put("student.loss.total", report.loss());
    values.put("student.loss.distillation", report.distillation());
    values.put("student.loss.labels", report.labels());
    values.put("student.gradient.norm", report.gradientNorm());
    values.put("student.learning.rate", report.rate());
  }

  @Override
  public void stepSkipped(String reason) {
    skips.withTag("reason", reason).increment();
  }

  @Override
  public void rolledBack(String reason) {
    rollbacks.withTag("reason", reason).increment();
  }

  @Override
  public void drifted(String signal) {
    drifts.withTag("signal", signal).increment();
  }

  @Override
  public void heldOutEvaluated(EvaluationResult result, Duration took) {
    heldOutDuration.record(took);
    scores.heldOutEvaluated(result);
  }

  @Override
  public void viewsTrained(int freshViews, int replayedViews) {
    fresh.increment(freshViews);
    replayed.increment(replayedViews);
  }

  @Override
  public void leftOut(int answers) {
    unsure.increment(answers);
  }

  @Override
  public void evaluated(PrequentialTracker window) {
    scores.evaluated(window);
  }

  @Override
  public void trained(Instant capturedAt) {
    age.record(Duration.between(capturedAt, clock.instant()));
  }

  @Override
  public void answerCompared(OperationStrength operation, AnswerShift student) {
    augmentation.compared(operation, student);
  }

  @Override
  public void rejected(String reason) {
    rejections.withTag("reason", reason).increment();
  }

  @Override
  public void skipped() {
    skipped.increment();
  }

  @Override
  public void erased(int views) {
    forgotten.increment(views);
  }

  @Override
  public void buffered(int views, long bytes) {
    values.put("student.buffer.views", (double) views);
    values.put("student.buffer.bytes", (double) bytes);
  }

  @Override
  public void updated(int updates) {
    values.put("student.updates", (double) updates);
  }

  @Override
  public void checkpointStalled(Duration took) {
    checkpoints.stalled(took);
  }

  @Override
  public void checkpointed(Duration took) {
    checkpoints.durable(took);
  }

  @Override
  public void checkpointWritten(long fileBytes, long segmentBytes) {
    checkpoints.written(fileBytes, segmentBytes);
  }

  @Override
  public void checkpointFailed() {
    checkpoints.failed();
  }

  @Override
  public void released(long version) {
    values.put("student.release.version", (double) version);
  }

  @Override
  public void gateFailed() {
    gateFailures.increment();
  }

  /** Counters of one name, one for each value of a tag. */
  private MeterProvider<Counter> counters(String name, String description) {
    return Counter.builder(name).description(description).withRegistry(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /**
   * A timer with buckets over four decades.
   *
   * @param shortest of them, in milliseconds
   */
  private Timer timer(String name, String description, long shortest) {
    Duration from = Duration.ofMillis(shortest);
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(ServiceMetrics.buckets(from, from.multipliedBy(10_000)))
        .register(registry);
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
