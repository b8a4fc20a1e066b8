package io.stillstream.trainer.loop;

import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.FailingViewIsolator;
import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.checkpoint.LoopPosition;
import io.stillstream.trainer.checkpoint.store.LabelOffset;
import io.stillstream.trainer.config.TrainerConfig.BatchSettings;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.GuardedTraining.BatchResult;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.UpdateScheduler;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains on the views that wait, replays in spare time, and records both. Belongs to the loop's
 * thread.
 */
public final class BatchTrainer {
  private final BatchSettings settings;
  private final TrainingSession session;
  private final FailingViewIsolator isolator;
  private final UpdateScheduler updates;
  private final ReleaseController releases;
  private final TrainingRecorder recorder;
  private final TrainerMetrics metrics;
  private double loss;
  private double rate;

  public BatchTrainer(
      BatchSettings settings,
      TrainingSession session,
      FailingViewIsolator isolator,
      UpdateScheduler updates,
      ReleaseController releases,
      TrainingRecorder recorder,
      TrainerMetrics metrics) {
    this.settings = settings;
    this.session = session;
    this.isolator = isolator;
    this.updates = updates;
    this.releases = releases;
    this.recorder = recorder;
    this.metrics = metrics;
    this.loss = session.initialState().loss();
    this.rate = session.initialState().rate();
  }

  /** How many views may be added to a queue. */
  public int room(OffsetTrackingQueue queue) {
    return settings.size() - queue.views();
  }

  /** Whether a full batch waits. */
  public boolean hasFullBatch(OffsetTrackingQueue queue) {
    return queue.views() >= settings.size();
  }

  /** Whether the oldest view has waited so long that it is trained in a smaller batch. */
  public boolean hasLateViews(OffsetTrackingQueue queue) {
    return queue.views() > 0
        && System.nanoTime() - queue.oldestNanos() >= settings.maxDelay().toNanos();
  }

  /**
   * Trains on the views that wait, at most a batch. They leave the queue unless the training fails;
   * then fewer may wait.
   */
  public void train(OffsetTrackingQueue queue) {
    List<ConsumedView> batch = queue.next(settings.size());
    long firstStep = session.training().steps() + 1;
    Optional<BatchResult> trained =
        isolator.train(batch, queue, System.nanoTime(), releases.comparison());
    if (trained.isEmpty()) {
      return;
    }
    BatchResult result = trained.get();
    if (updates.taken() > 0) {
      metrics.updated(updates.taken());
    }
    updates.began();
    queue.done(batch.size(), System.nanoTime());
    releases.comparison().count(result.originals().comparisons());
    List<StepReport> reports = result.reports();
    if (!reports.get(0).skipped()) {
      loss = reports.get(0).loss();
    }
    rate = reports.get(reports.size() - 1).rate();
    recorder.batch(batch, firstStep, result);
    batch.forEach(view -> metrics.trained(view.capturedAt()));
  }

  /**
   * Sends the requests for review that are due.
   *
   * @param nanos the time
   */
  public void requestReviews(long nanos) {
    recorder.requestReviews(nanos);
  }

  /** Whether the latest batch may get one more update on seen views. */
  public boolean mayReplay() {
    return updates.mayUpdate() && session.training().canReplay();
  }

  /**
   * One more update on seen views, if less than a batch waits; only if it {@link #mayReplay}.
   *
   * @param backlog views that wait and are not held back
   */
  public void replayIfIdle(long backlog) {
    if (!updates.shouldUpdate((double) backlog / settings.size())) {
      return;
    }
    long step = session.training().steps() + 1;
    BatchResult result = session.guarded().replay();
    if (result.reports().isEmpty()) {
      updates.failed();
      return;
    }
    updates.replayed();
    rate = result.reports().get(0).rate();
    recorder.replay(step, result);
  }

  /**
   * The position for a checkpoint.
   *
   * @param offsets by partition, the first that has not been handled
   * @param labels the same of labels
   */
  public LoopPosition position(Map<Integer, Long> offsets, Map<Integer, LabelOffset> labels) {
    return new LoopPosition(
        offsets,
        labels,
        loss,
        rate,
        recorder.latestTeachers(),
        recorder.lineage().teachers(),
        recorder.lineage().policyHashes());
  }
}
