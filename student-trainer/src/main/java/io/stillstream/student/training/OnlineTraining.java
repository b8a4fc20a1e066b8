package io.stillstream.student.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Trains a student on batches of fresh views and on views that it has seen before.
 *
 * <p>Per fresh batch: the originals in it are predicted; the first update is on the fresh views,
 * the others are on views drawn uniformly from the reservoir; then the fresh views enter the
 * reservoir. While the reservoir holds less than a batch, the other updates are on the fresh views
 * again. A fresh batch that is short because the stream paused is filled up from the reservoir, so
 * that its step is no noisier than others and batch norm always has a batch to look at.
 */
public final class OnlineTraining {
  private final Student student;
  private final BatchBuilder batches;
  private final Reservoir reservoir;
  private final PrequentialWindow window;
  private final int batchSize;
  private final int updates;
  private final TrainerMetrics metrics;
  private final LongSupplier nanos;
  private long steps;
  private long viewsSeen;

  /**
   * @param batchSize views per step
   * @param updates steps per fresh batch, at least 1
   * @param nanos a clock for durations
   */
  public OnlineTraining(
      Student student,
      BatchBuilder batches,
      Reservoir reservoir,
      PrequentialWindow window,
      int batchSize,
      int updates,
      TrainerMetrics metrics,
      LongSupplier nanos) {
    this.student = student;
    this.batches = batches;
    this.reservoir = reservoir;
    this.window = window;
    this.batchSize = batchSize;
    this.updates = updates;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /** Goes on counting from here. */
  public void resume(long steps, long viewsSeen) {
    this.steps = steps;
    this.viewsSeen = viewsSeen;
  }

  /** Optimiser steps so far. */
  public long steps() {
    return steps;
  }

  /** Fresh views trained on so far. */
  public long viewsSeen() {
    return viewsSeen;
  }

  /**
   * Trains on fresh views.
   *
   * @param fresh at least one, each of which teaches something; at most a batch
   * @return one report per step
   */
  public List<StepReport> train(List<View> fresh) {
    evaluate(fresh);
    boolean replays = reservoir.size() >= batchSize;
    List<StepReport> reports = new ArrayList<>(updates);
    for (int update = 0; update < updates; update++) {
      List<View> views = new ArrayList<>(batchSize);
      if (update == 0 || !replays) {
        views.addAll(fresh);
      }
      fill(views);
      reports.add(step(views));
      int first = update == 0 ? fresh.size() : 0;
      metrics.viewsTrained(first, views.size() - first);
    }
    fresh.forEach(reservoir::offer);
    viewsSeen += fresh.size();
    return reports;
  }

  private void fill(List<View> views) {
    if (reservoir.size() > 0) {
      reservoir.drawInto(views, batchSize - views.size());
    } else if (views.size() == 1) {
      // Batch norm after a linear layer refuses a batch of one.
      views.add(views.get(0));
    }
  }

  private StepReport step(List<View> views) {
    long start = nanos.getAsLong();
    StepReport report = student.update(batches.build(views), steps + 1);
    steps++;
    metrics.stepTaken(report, Duration.ofNanos(nanos.getAsLong() - start));
    return report;
  }

  private void evaluate(List<View> fresh) {
    List<View> originals = fresh.stream().filter(View::isOriginal).toList();
    if (originals.isEmpty()) {
      return;
    }
    Batch batch = batches.build(originals);
    float[] logits = student.predict(batch);
    for (int i = 0; i < originals.size(); i++) {
      window.judge(originals.get(i), logits, i, batch.classes());
    }
    metrics.evaluated(window);
  }
}
