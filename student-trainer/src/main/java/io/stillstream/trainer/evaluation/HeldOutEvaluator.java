package io.stillstream.trainer.evaluation;

import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.evaluation.EvaluationResult;
import io.stillstream.trainer.training.evaluation.EvaluationSet;
import io.stillstream.trainer.training.example.TrainingBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Examines the moving average on held-out examples, now and then, and at a release the model that
 * it has to reach beside it. A pass asks only what is not known: the student is asked once at a
 * step, the other model once at all. Belongs to the loop's thread.
 */
public final class HeldOutEvaluator {
  private final EvaluationSet set;
  private final LongSupplier steps;
  private final Function<TrainingBatch, float[]> student;
  private final long everySteps;
  private final TrainerMetrics metrics;
  private final Runnable beat;
  private final BooleanSupplier stopping;
  private final LongSupplier nanos;
  private EvaluationResult latest;
  private long latestStep = -1;
  private Function<TrainingBatch, float[]> baseline;
  private EvaluationResult best;

  /**
   * @param steps optimiser steps behind the student as it is
   * @param student predicts with the moving average
   * @param beat run before each prediction of a batch, to show that the loop is alive
   * @param stopping whether the service has been told to stop
   * @param nanos a clock for durations
   */
  public HeldOutEvaluator(
      EvaluationSet set,
      LongSupplier steps,
      Function<TrainingBatch, float[]> student,
      long everySteps,
      TrainerMetrics metrics,
      Runnable beat,
      BooleanSupplier stopping,
      LongSupplier nanos) {
    this.set = set;
    this.steps = steps;
    this.student = student;
    this.everySteps = everySteps;
    this.metrics = metrics;
    this.beat = beat;
    this.stopping = stopping;
    this.nanos = nanos;
  }

  /**
   * Compares with another model from now on.
   *
   * @param model predicts, and never changes; null for none
   * @param step at which it was the student; −1 if it was none of this run
   */
  public void baseline(Function<TrainingBatch, float[]> model, long step) {
    baseline = model;
    best = step >= 0 && step == latestStep ? latest : null;
  }

  /**
   * Examines the student at the start, and after each multiple of the steps; gives it up if the
   * service stops.
   */
  public void evaluateIfDue() {
    if (latestStep < 0 || steps.getAsLong() / everySteps > latestStep / everySteps) {
      evaluate(false, false);
    }
  }

  /** Whether a release can be judged without a pass. */
  public boolean isReady() {
    return steps.getAsLong() == latestStep && (baseline == null || best != null);
  }

  /**
   * Examines what a release is judged by.
   *
   * @param toTheEnd whether the pass is not given up when the service stops
   * @return false if it was given up
   */
  public boolean prepare(boolean toTheEnd) {
    return evaluate(true, toTheEnd);
  }

  /** How the student does as it is. */
  public EvaluationResult current() {
    if (steps.getAsLong() != latestStep) {
      evaluate(false, true);
    }
    return latest;
  }

  /** How the other model does; only when {@link #isReady}. */
  public EvaluationResult best() {
    return best;
  }

  private boolean evaluate(boolean withBaseline, boolean toTheEnd) {
    long step = steps.getAsLong();
    boolean studentAsked = step != latestStep;
    boolean baselineAsked = withBaseline && baseline != null && best == null;
    List<Function<TrainingBatch, float[]>> models = new ArrayList<>();
    if (studentAsked) {
      models.add(student);
    }
    if (baselineAsked) {
      models.add(baseline);
    }
    if (models.isEmpty()) {
      return true;
    }
    long start = nanos.getAsLong();
    List<EvaluationResult> results = set.evaluate(models, () -> goesOn(toTheEnd));
    if (results.isEmpty()) {
      return false;
    }
    if (studentAsked) {
      latest = results.get(0);
      latestStep = step;
    }
    if (baselineAsked) {
      best = results.get(results.size() - 1);
    }
    metrics.heldOutEvaluated(latest, Duration.ofNanos(nanos.getAsLong() - start));
    return true;
  }

  private boolean goesOn(boolean toTheEnd) {
    beat.run();
    return toTheEnd || !stopping.getAsBoolean();
  }
}
