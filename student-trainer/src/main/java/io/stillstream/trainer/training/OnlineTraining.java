package io.stillstream.trainer.training;

import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.evaluation.PrequentialOutcome;
import io.stillstream.trainer.training.evaluation.PrequentialWindow;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.gate.PairedComparison;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 *
 * <p>Until the first update is done nothing has been learned or counted. So a batch on which the
 * program fails can be trained on without the view that is to blame. If it fails in a later update,
 * on views from the buffer, the batch is learned already: it gets no more updates, and the next
 * batch draws others.
 */
public final class OnlineTraining {
  private static final Logger LOG = LoggerFactory.getLogger(OnlineTraining.class);

  private final Student student;
  private final BatchBuilder batches;
  private final TeacherAwareReplay replay;
  private final PrequentialWindow window;
  private final int batchSize;
  private final int updates;
  private final TrainerMetrics metrics;
  private final LongSupplier nanos;
  private PairedComparison trial;
  private long steps;
  private long viewsSeen;
  private List<PrequentialOutcome> judged = List.of();

  /** Updates after the first that failed one after another. */
  private int failed;

  /**
   * @param batchSize views per step
   * @param updates steps that a fresh batch always gets, at least 1
   * @param nanos a clock for durations
   */
  public OnlineTraining(
      Student student,
      BatchBuilder batches,
      TeacherAwareReplay replay,
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
  public void compareWith(PairedComparison other) {
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
   * @return one report per step, the first one that on the fresh views; fewer if a later one fails
   * @throws BatchFailedException if the first update fails for a reason that no code foresees
   */
  public List<StepReport> train(List<TrainingExample> fresh) {
    // Before a short batch is filled up: with another teacher, some views may not be drawn again.
    replay.detectTeacherChange(fresh);
    boolean replays = canReplay();
    List<StepReport> reports = new ArrayList<>(updates);
    reports.add(freshUpdate(fresh));
    boolean poisoned = reports.get(0).skipped();
    for (int update = 1; update < updates && (replays || !poisoned); update++) {
      List<TrainingExample> views = new ArrayList<>(batchSize);
      if (!replays) {
        views.addAll(fresh);
      }
      fill(views);
      Optional<StepReport> report = laterUpdate(views);
      if (report.isEmpty()) {
        break;
      }
      reports.add(report.get());
    }
    if (!poisoned) {
      replay.offer(fresh);
    }
    metrics.buffered(replay.size(), replay.bytes());
    viewsSeen += fresh.size();
    return reports;
  }

  /** The update on the fresh views, which are predicted before, and counted after it. */
  private StepReport freshUpdate(List<TrainingExample> fresh) {
    List<TrainingExample> views = new ArrayList<>(fresh);
    Evaluation evaluation = unchanged(() -> evaluate(fresh));
    StepReport report =
        unchanged(
            () -> {
              fill(views);
              return step(views);
            });
    judged = evaluation.outcomes();
    judged.forEach(window::add);
    if (trial != null) {
      trial.count(evaluation.compared());
    }
    if (!judged.isEmpty()) {
      metrics.evaluated(window);
    }
    metrics.viewsTrained(fresh.size(), views.size() - fresh.size());
    return report;
  }

  /** Has something done that leaves all unchanged if it fails. */
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
   * Tries views without learning anything from them.
   *
   * @throws BatchFailedException if {@link #train} would fail on them alone
   */
  public void dryRun(List<TrainingExample> views) {
    Evaluation unused = unchanged(() -> evaluate(views));
    // Batch norm after a linear layer refuses a batch of one.
    List<TrainingExample> several = views.size() == 1 ? List.of(views.get(0), views.get(0)) : views;
    dryRun(() -> batches.build(several));
  }

  /**
   * Tries the student on pictures that say nothing.
   *
   * @throws BatchFailedException if it fails on whatever it is given
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

  /** What came of the originals of the latest batch, in their order. */
  List<PrequentialOutcome> latestOutcomes() {
    return judged;
  }

  /** Removes seen views, and says how many. */
  public int removeIf(Predicate<TrainingExample> which) {
    int forgotten = replay.removeIf(which);
    metrics.buffered(replay.size(), replay.bytes());
    return forgotten;
  }

  /** Whether there are enough seen views for a batch. */
  public boolean canReplay() {
    return replay.size() >= batchSize;
  }

  /**
   * One more step, on seen views alone; only if it {@link #canReplay}.
   *
   * @return empty if the program failed on them
   */
  public Optional<StepReport> replay() {
    List<TrainingExample> views = new ArrayList<>(batchSize);
    replay.drawInto(views, batchSize);
    return laterUpdate(views);
  }

  /**
   * A step after the first of a batch. If the program fails on it, the student is as it was before,
   * and nothing is lost but the step; a few that fail in a row are the program's fault, and go up.
   */
  private Optional<StepReport> laterUpdate(List<TrainingExample> views) {
    StepReport report;
    try {
      report = step(views);
    } catch (BrokenStudentException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
      failed++;
      metrics.stepSkipped(UnexpectedFailurePolicy.REASON);
      LOG.atError()
          .setCause(e)
          .addKeyValue("step", steps + 1)
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

  private void fill(List<TrainingExample> views) {
    if (replay.size() > 0) {
      replay.drawInto(views, batchSize - views.size());
    } else if (views.size() == 1) {
      // Batch norm after a linear layer refuses a batch of one.
      views.add(views.get(0));
    }
  }

  private StepReport step(List<TrainingExample> views) {
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

  /** What the originals among fresh views came out as, and how a baseline did beside. */
  private record Evaluation(List<PrequentialOutcome> outcomes, List<Integer> compared) {}

  private Evaluation evaluate(List<TrainingExample> fresh) {
    List<TrainingExample> originals = fresh.stream().filter(TrainingExample::isOriginal).toList();
    if (originals.isEmpty()) {
      return new Evaluation(List.of(), List.of());
    }
    TrainingBatch batch = batches.build(originals);
    float[] logits = student.predict(batch);
    List<PrequentialOutcome> outcomes = new ArrayList<>(originals.size());
    for (int i = 0; i < originals.size(); i++) {
      outcomes.add(PrequentialOutcome.of(originals.get(i), logits, i, batch.classes()));
    }
    return new Evaluation(
        outcomes, trial == null ? List.of() : trial.compare(originals, batch, logits));
  }
}
