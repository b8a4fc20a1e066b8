package io.stillstream.trainer.evaluation;

import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.accuracy.EvaluationSet;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Evaluates the moving average on held-out examples: every few steps, and at a release, there
 * beside the baseline. A pass includes only models whose result is not known: the student once at a
 * step, the baseline once at all. Belongs to the loop's thread.
 */
public final class HeldOutEvaluator {
  private final EvaluationSet set;
  private final LongSupplier steps;
  private final Function<TrainingBatch, float[]> student;
  private final long everySteps;
  private final TrainerMetrics metrics;
  private final Runnable heartbeat;
  private final BooleanSupplier stopping;
  private final LongSupplier nanos;
  private EvaluationResult latest;
  private long latestStep = -1;
  private Function<TrainingBatch, float[]> baseline;
  private EvaluationResult best;

  /**
   * @param steps optimiser steps of the student so far
   * @param student predicts with the moving average
   * @param heartbeat run before each prediction of a batch, to show that the loop is alive
   * @param stopping whether the service stops
   * @param nanos a clock for durations
   */
  public HeldOutEvaluator(
      EvaluationSet set,
      LongSupplier steps,
      Function<TrainingBatch, float[]> student,
      long everySteps,
      TrainerMetrics metrics,
      Runnable heartbeat,
      BooleanSupplier stopping,
      LongSupplier nanos) {
    this.set = set;
    this.steps = steps;
    this.student = student;
    this.everySteps = everySteps;
    this.metrics = metrics;
    this.heartbeat = heartbeat;
    this.stopping = stopping;
    this.nanos = nanos;
  }

  /**
   * Sets the baseline.
   *
   * @param model predicts, and never changes; null for none
   * @param step at which it was the student; −1 if not in this run
   */
  public void baseline(Function<TrainingBatch, float[]> model, long step) {
    baseline = model;
    best = step >= 0 && step == latestStep ? latest : null;
  }

  /**
   * Evaluates the student at the start, and after each multiple of the steps; gives up if the
   * service stops.
   */
  public void evaluateIfDue() {
    if (latestStep < 0 || steps.getAsLong() / everySteps > latestStep / everySteps) {
      evaluate(false, false);
    }
  }

  /** Whether the gate can decide without a pass. */
  public boolean isReady() {
    return steps.getAsLong() == latestStep && (baseline == null || best != null);
  }

  /**
   * Evaluates what the gate needs.
   *
   * @param toTheEnd whether the pass continues when the service stops
   * @return false if it was given up
   */
  public boolean prepare(boolean toTheEnd) {
    return evaluate(true, toTheEnd);
  }

  /** Result of the student as it is now. */
  public EvaluationResult current() {
    if (steps.getAsLong() != latestStep) {
      evaluate(false, true);
    }
    return latest;
  }

  /** Result of the baseline; only when {@link #isReady}. */
  public EvaluationResult best() {
    return best;
  }

  private boolean evaluate(boolean withBaseline, boolean toTheEnd) {
    long step = steps.getAsLong();
    boolean withStudent = step != latestStep;
    boolean baselineMissing = withBaseline && baseline != null && best == null;
    List<Function<TrainingBatch, float[]>> models = new ArrayList<>();
    if (withStudent) {
      models.add(student);
    }
    if (baselineMissing) {
      models.add(baseline);
    }
    if (models.isEmpty()) {
      return true;
    }
    long start = nanos.getAsLong();
    List<EvaluationResult> results = set.evaluate(models, () -> continues(toTheEnd));
    if (results.isEmpty()) {
      return false;
    }
    if (withStudent) {
      latest = results.get(0);
      latestStep = step;
    }
    if (baselineMissing) {
      best = results.get(results.size() - 1);
    }
    metrics.heldOutEvaluated(latest, Duration.ofNanos(nanos.getAsLong() - start));
    return true;
  }

  private boolean continues(boolean toTheEnd) {
    heartbeat.run();
    return toTheEnd || !stopping.getAsBoolean();
  }
}
