package io.stillstream.student.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Trains a student on batches of fresh views and on views that it has seen before.
 *
 * <p>Per fresh batch: the originals in it are predicted; the first update is on the fresh views,
 * the others are on views drawn uniformly from the buffer; then the fresh views enter the buffer.
 * While the buffer holds less than a batch, the other updates are on the fresh views again. A fresh
 * batch that is short because the stream paused is filled up from the buffer, so that its step is
 * no noisier than others and batch norm always has a batch to look at.
 *
 * <p>Fresh views on which loss or gradients are not finite teach nothing: the student stays as it
 * is, and they do not enter the buffer, where they would come up again and again.
 */
public final class OnlineTraining {
  private final Student student;
  private final BatchBuilder batches;
  private final Replay replay;
  private final PrequentialWindow window;
  private final int batchSize;
  private final int updates;
  private final TrainerMetrics metrics;
  private final LongSupplier nanos;
  private Trial trial;
  private long steps;
  private long viewsSeen;
  private List<Outcome> judged = List.of();

  /**
   * @param batchSize views per step
   * @param updates steps that a fresh batch always gets, at least 1
   * @param nanos a clock for durations
   */
  public OnlineTraining(
      Student student,
      BatchBuilder batches,
      Replay replay,
      PrequentialWindow window,
      int batchSize,
      int updates,
      TrainerMetrics metrics,
      LongSupplier nanos) {
    this.student = student;
    this.batches = batches;
    this.replay = replay;
    this.window = window;
    this.batchSize = batchSize;
    this.updates = updates;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /** Lets a trial hear what the student says of originals. */
  public void attend(Trial other) {
    trial = other;
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

  /** The teacher of the latest batch that had only one; 0 before the first. */
  public long teacher() {
    return replay.teacher();
  }

  /**
   * Trains on fresh views.
   *
   * @param fresh at least one, each of which teaches something; at most a batch
   * @return one report per step, the first one that on the fresh views
   */
  public List<StepReport> train(List<View> fresh) {
    evaluate(fresh);
    replay.watch(fresh);
    boolean replays = canReplay();
    List<StepReport> reports = new ArrayList<>(updates);
    boolean poisoned = false;
    for (int update = 0; update < updates && (replays || !poisoned); update++) {
      List<View> views = new ArrayList<>(batchSize);
      if (update == 0 || !replays) {
        views.addAll(fresh);
      }
      fill(views);
      StepReport report = step(views);
      reports.add(report);
      poisoned |= update == 0 && report.skipped();
      int first = update == 0 ? fresh.size() : 0;
      metrics.viewsTrained(first, views.size() - first);
    }
    if (!poisoned) {
      replay.offer(fresh);
    }
    metrics.buffered(replay.size(), replay.bytes());
    viewsSeen += fresh.size();
    return reports;
  }

  /** What came of the originals of the latest batch, in their order. */
  List<Outcome> judged() {
    return judged;
  }

  /** Removes seen views, and says how many. */
  public int forget(Predicate<View> which) {
    int forgotten = replay.forget(which);
    metrics.buffered(replay.size(), replay.bytes());
    return forgotten;
  }

  /** Whether there are enough seen views for a batch. */
  public boolean canReplay() {
    return replay.size() >= batchSize;
  }

  /** One more step, on seen views alone; only if it {@link #canReplay}. */
  public StepReport replay() {
    List<View> views = new ArrayList<>(batchSize);
    replay.drawInto(views, batchSize);
    StepReport report = step(views);
    metrics.viewsTrained(0, views.size());
    return report;
  }

  private void fill(List<View> views) {
    if (replay.size() > 0) {
      replay.drawInto(views, batchSize - views.size());
    } else if (views.size() == 1) {
      // Batch norm after a linear layer refuses a batch of one.
      views.add(views.get(0));
    }
  }

  private StepReport step(List<View> views) {
    long start = nanos.getAsLong();
    StepReport report = student.update(batches.build(views), steps + 1);
    steps++;
    if (report.skipped()) {
      metrics.stepSkipped(Double.isFinite(report.loss()) ? "gradient" : "loss");
    } else {
      metrics.stepTaken(report, Duration.ofNanos(nanos.getAsLong() - start));
    }
    return report;
  }

  private void evaluate(List<View> fresh) {
    judged = new ArrayList<>();
    List<View> originals = fresh.stream().filter(View::isOriginal).toList();
    if (originals.isEmpty()) {
      return;
    }
    Batch batch = batches.build(originals);
    float[] logits = student.predict(batch);
    for (int i = 0; i < originals.size(); i++) {
      judged.add(window.judge(originals.get(i), logits, i, batch.classes()));
    }
    if (trial != null) {
      trial.hear(originals, batch, logits);
    }
    metrics.evaluated(window);
  }
}
