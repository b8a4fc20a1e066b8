package io.stillstream.trainer.batch;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.BatchFailedException;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.comparison.BaselineComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains on batches. A batch that fails unexpectedly is halved in dry runs until the failing views
 * are found: they become dead letters, and the others wait for another batch, as nothing was
 * learned from them. If no view fails alone, or only because the device has no memory, the batch is
 * tried a few times more. Belongs to the loop's thread.
 */
public final class FailingViewIsolator {
  private static final Logger LOG = LoggerFactory.getLogger(FailingViewIsolator.class);
  private static final String STAGE = "train";

  private final GuardedTraining guarded;
  private final OnlineTraining training;
  private final DeadLetterProducer deadLetters;
  private final UnexpectedFailurePolicy failures;
  private final TrainerMetrics metrics;
  private int failed;

  public FailingViewIsolator(
      GuardedTraining guarded,
      OnlineTraining training,
      DeadLetterProducer deadLetters,
      UnexpectedFailurePolicy failures,
      TrainerMetrics metrics) {
    this.guarded = guarded;
    this.training = training;
    this.deadLetters = deadLetters;
    this.failures = failures;
    this.metrics = metrics;
  }

  /**
   * Trains on the next views of a queue.
   *
   * @param baseline compared with the student on the originals in the batch
   * @return empty if that failed; then failing views have left the queue
   * @throws BatchFailedException if it fails repeatedly, and no view fails alone
   * @throws io.stillstream.runtime.records.TooManyFailuresException if too many views fail
   */
  public Optional<GuardedTraining.BatchResult> train(
      List<ConsumedView> batch,
      OffsetTrackingQueue queue,
      long nanos,
      BaselineComparison baseline) {
    try {
      GuardedTraining.BatchResult trained =
          guarded.train(batch.stream().map(ConsumedView::view).toList(), baseline);
      failed = 0;
      failures.succeeded();
      return Optional.of(trained);
    } catch (BatchFailedException e) {
      failed++;
      LOG.atWarn()
          .addKeyValue("error", e)
          .addKeyValue("views", batch.size())
          .log("Batch fails unexpectedly, searching for the failing views");
      deadLetter(failingViews(batch, baseline, e), queue, nanos);
      if (failed >= UnexpectedFailurePolicy.TRIES) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private record FailingView(ConsumedView view, Throwable failure) {}

  private void deadLetter(List<FailingView> failing, OffsetTrackingQueue queue, long nanos) {
    // Before any of them leaves the queue, as this throws if there are too many.
    List<BadRecordException> refusals = new ArrayList<>();
    for (FailingView each : failing) {
      refusals.add(
          failures.badRecord(RecordCoordinates.of(each.view.source()), each.failure.getCause()));
    }
    for (int i = 0; i < refusals.size(); i++) {
      ConsumedView view = failing.get(i).view;
      metrics.rejected(UnexpectedFailurePolicy.REASON);
      deadLetters.deadLetterByReference(view.source(), STAGE, refusals.get(i));
      queue.skip(view, nanos);
      failed = 0;
    }
  }

  /**
   * The views of a batch that fail alone.
   *
   * @throws BatchFailedException if the student fails on a grey image, too: no view is the cause
   */
  private List<FailingView> failingViews(
      List<ConsumedView> batch, BaselineComparison baseline, BatchFailedException failure) {
    try {
      training.requireTrainable();
    } catch (BatchFailedException e) {
      e.addSuppressed(failure);
      throw e;
    }
    List<FailingView> failing = new ArrayList<>();
    search(batch, baseline, failing);
    return failing;
  }

  private void search(
      List<ConsumedView> views, BaselineComparison baseline, List<FailingView> failing) {
    Optional<BatchFailedException> failure = failure(views, baseline);
    if (failure.isEmpty()) {
      return;
    }
    if (views.size() == 1) {
      if (!failure.get().isOutOfMemory()) {
        failing.add(new FailingView(views.get(0), failure.get()));
      }
      return;
    }
    int half = views.size() / 2;
    search(views.subList(0, half), baseline, failing);
    search(views.subList(half, views.size()), baseline, failing);
  }

  /** Why views fail; a single one is tried as often as any record. */
  private Optional<BatchFailedException> failure(
      List<ConsumedView> views, BaselineComparison baseline) {
    Optional<BatchFailedException> last = Optional.empty();
    for (int left = views.size() == 1 ? UnexpectedFailurePolicy.TRIES : 1; left > 0; left--) {
      try {
        training.dryRun(views.stream().map(ConsumedView::view).toList(), baseline);
        return Optional.empty();
      } catch (BatchFailedException e) {
        last = Optional.of(e);
      }
    }
    return last;
  }
}
