package io.stillstream.trainer.training;

import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.comparison.BaselineComparison;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Trains a student on batches of fresh views and on views that it has seen before.
 *
 * <p>Per fresh batch: the originals in it are predicted; the first update is on the fresh views,
 * the others are on views drawn uniformly from the buffer; then the fresh views enter the buffer.
 * While the buffer holds less than a batch, the other updates are on the fresh views again. A fresh
 * batch that is short because the stream paused is filled up from the buffer, so that its step is
 * no noisier than others and batch norm always has a batch to look at.
 *
 * <p>Fresh views on which loss or gradients are not finite are not learned from: the student does
 * not change, and they do not enter the buffer, from which they would be drawn again.
 *
 * <p>Until the first update is done nothing has been learned or counted. So a batch that fails can
 * be trained on again without the view that makes it fail. If a later update fails, on views from
 * the buffer, the batch has been learned: it gets no more updates.
 */
public final class OnlineTraining {
  private final Student student;
  private final BatchBuilder batches;
  private final TeacherAwareReplay replay;
  private final PrequentialTracker window;
  private final OriginalsEvaluator evaluator;
  private final int batchSize;
  private final int updates;
  private final TrainerMetrics metrics;
  private final OptimiserSteps steps;
  private final UpdateViews chosen;
  private final UpdatePrefetch prefetch;
  private final LateTruth lateTruth;
  private long viewsSeen;

  /**
   * @param batchSize views per step
   * @param updates steps that a fresh batch always gets, at least 1
   * @param nanos a clock for durations
   */
  public OnlineTraining(
      Student student,
      BatchBuilder batches,
      TeacherAwareReplay replay,
      PrequentialTracker window,
      int batchSize,
      int updates,
      TrainerMetrics metrics,
      LongSupplier nanos) {
    this.student = student;
    this.batches = batches;
    this.replay = replay;
    this.window = window;
    this.evaluator = new OriginalsEvaluator(student, batches);
    this.batchSize = batchSize;
    this.updates = updates;
    this.metrics = metrics;
    this.steps = new OptimiserSteps(student, batches, metrics, nanos);
    this.chosen = new UpdateViews(replay, batchSize);
    this.prefetch = new UpdatePrefetch(batches, replay, batchSize);
    this.lateTruth = new LateTruth(replay, window, prefetch, metrics);
  }

  /**
   * The result of a batch of fresh views.
   *
   * @param reports one per step, the first one of the step on the fresh views
   * @param originals in the batch
   */
  public record TrainedBatch(List<StepReport> reports, EvaluatedOriginals originals) {}

  /** Continues counting from a checkpoint. */
  public void resume(long steps, long viewsSeen) {
    this.steps.resume(steps);
    this.viewsSeen = viewsSeen;
  }

  /** Optimiser steps so far. */
  public long steps() {
    return steps.count();
  }

  /** Fresh views trained on so far. */
  public long viewsSeen() {
    return viewsSeen;
  }

  /** Fingerprint of the teacher of the latest batch with a single teacher; 0 before the first. */
  public long teacher() {
    return replay.teacher();
  }

  /** Trains on fresh views, without a baseline. */
  public TrainedBatch train(List<TrainingExample> fresh) {
    return train(fresh, BaselineComparison.NONE);
  }

  /**
   * Trains on fresh views.
   *
   * @param fresh at least one, each with a training signal; at most a batch
   * @param baseline compared with the student on the originals, before the first step
   * @return with fewer reports if a later step fails
   * @throws BatchFailedException if the first update fails unexpectedly
   */
  public TrainedBatch train(List<TrainingExample> fresh, BaselineComparison baseline) {
    // Before a short batch is filled up: with another teacher, some views may not be drawn again.
    replay.detectTeacherChange(fresh);
    boolean replays = canReplay();
    prefetch.begin(fresh, replays, updates, steps.count() + 1);
    try {
      return train(fresh, baseline, replays);
    } finally {
      prefetch.close();
    }
  }

  private TrainedBatch train(
      List<TrainingExample> fresh, BaselineComparison baseline, boolean replays) {
    List<StepReport> reports = new ArrayList<>(updates);
    EvaluatedOriginals evaluation = unchanged(() -> evaluator.evaluate(fresh, baseline));
    reports.add(freshUpdate(fresh));
    countOutcomes(evaluation);
    boolean skipped = reports.get(0).skipped();
    for (int update = 1; update < updates && (replays || !skipped); update++) {
      Optional<StepReport> report =
          steps.takeLater(chosen.later(fresh, replays, steps.count() + 1));
      if (report.isEmpty()) {
        break;
      }
      reports.add(report.get());
    }
    if (!skipped) {
      replay.offer(fresh.stream().map(TrainingExample::released).toList());
    }
    metrics.buffered(replay.size(), replay.bytes());
    viewsSeen += fresh.size();
    return new TrainedBatch(reports, evaluation);
  }

  private void countOutcomes(EvaluatedOriginals evaluation) {
    evaluation.outcomes().forEach(window::add);
    if (!evaluation.outcomes().isEmpty()) {
      metrics.evaluated(window);
    }
  }

  /** The update on the fresh views. */
  private StepReport freshUpdate(List<TrainingExample> fresh) {
    List<TrainingExample> views = unchanged(() -> chosen.first(fresh, steps.count() + 1));
    StepReport report = unchanged(() -> steps.take(views, fresh.size()));
    metrics.viewsTrained(fresh.size(), views.size() - fresh.size());
    return report;
  }

  /** Runs work that leaves everything unchanged if it fails. */
  private static <T> T unchanged(Supplier<T> work) {
    try {
      return work.get();
    } catch (BrokenStudentException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
      throw new BatchFailedException(e);
    }
  }

  /**
   * Tries views without learning from them.
   *
   * @throws BatchFailedException if {@link #train} would fail on them alone
   */
  public void dryRun(List<TrainingExample> views, BaselineComparison baseline) {
    EvaluatedOriginals unused = unchanged(() -> evaluator.evaluate(views, baseline));
    // Batch norm after a linear layer refuses a batch of one.
    List<TrainingExample> several = views.size() == 1 ? List.of(views.get(0), views.get(0)) : views;
    dryRun(() -> batches.build(several));
  }

  /**
   * Tries the student on grey images.
   *
   * @throws BatchFailedException if it fails on any input
   */
  public void requireTrainable() {
    dryRun(() -> batches.grey(2));
  }

  private void dryRun(Supplier<TrainingBatch> batch) {
    TrainingBatch unused =
        unchanged(
            () -> {
              TrainingBatch built = batch.get();
              student.dryRun(built);
              return built;
            });
  }

  /**
   * Removes views from the replay buffer.
   *
   * @return how many
   */
  public int removeIf(Predicate<TrainingExample> filter) {
    prefetch.close();
    int removed = replay.removeIf(filter);
    metrics.buffered(replay.size(), replay.bytes());
    return removed;
  }

  /** Changes what is known of images that have been seen. */
  public LateTruth lateTruth() {
    return lateTruth;
  }

  /** Whether there are enough seen views for a batch. */
  public boolean canReplay() {
    return replay.size() >= batchSize;
  }

  /**
   * One more step, on seen views alone; only if it {@link #canReplay}.
   *
   * @return empty if the step failed
   */
  public Optional<StepReport> replay() {
    Optional<StepReport> report = steps.takeLater(chosen.later(List.of(), true, steps.count() + 1));
    if (report.isPresent() && canReplay()) {
      // Probably another one follows.
      prefetch.beginReplay(steps.count() + 1);
    }
    return report;
  }
}
