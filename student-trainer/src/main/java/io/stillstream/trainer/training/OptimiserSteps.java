package io.stillstream.trainer.training;

import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes and counts optimiser steps. */
final class OptimiserSteps {
  private static final Logger LOG = LoggerFactory.getLogger(OptimiserSteps.class);

  private final Student student;
  private final BatchBuilder batches;
  private final TrainerMetrics metrics;
  private final LongSupplier nanos;
  private long count;

  /** Replay steps that failed one after another. */
  private int failed;

  /**
   * @param nanos a clock for durations
   */
  OptimiserSteps(
      Student student, BatchBuilder batches, TrainerMetrics metrics, LongSupplier nanos) {
    this.student = student;
    this.batches = batches;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /** Continues counting from a checkpoint. */
  void resume(long steps) {
    count = steps;
  }

  long count() {
    return count;
  }

  /**
   * One step on views. If it throws, nothing has changed.
   *
   * @param fresh how many of them, the first ones, come for the first time
   */
  StepReport take(List<TrainingExample> views, int fresh) {
    long start = nanos.getAsLong();
    TrainingBatch batch = batches.build(views);
    StepReport report = student.update(batch, count + 1);
    count++;
    metrics.leftOut(Arrays.stream(batch.targets().unsure(), 0, fresh).sum());
    if (report.skipped()) {
      metrics.stepSkipped(Double.isFinite(report.loss()) ? "gradient" : "loss");
    } else {
      metrics.stepTaken(report, Duration.ofNanos(nanos.getAsLong() - start));
    }
    return report;
  }

  /**
   * A step after the first of a batch. If it fails, the student is unchanged, and only the step is
   * lost; the failure is thrown after a few in a row.
   *
   * @return empty if the step failed
   */
  Optional<StepReport> takeLater(List<TrainingExample> views) {
    StepReport report;
    try {
      report = take(views, 0);
    } catch (BrokenStudentException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
      failed++;
      metrics.stepSkipped(UnexpectedFailurePolicy.REASON);
      LOG.atError()
          .setCause(e)
          .addKeyValue("step", count + 1)
          .addKeyValue("views", views.size())
          .addKeyValue("failed_in_a_row", failed)
          .log("A step on seen views fails unexpectedly");
      if (failed >= UnexpectedFailurePolicy.TRIES) {
        throw e;
      }
      return Optional.empty();
    }
    failed = 0;
    metrics.viewsTrained(0, views.size());
    return Optional.of(report);
  }
}
