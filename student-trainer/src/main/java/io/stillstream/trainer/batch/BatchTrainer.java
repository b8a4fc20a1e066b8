package io.stillstream.trainer.batch;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.BatchFailedException;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.TrainerMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains on batches. One on which the program fails is tried without learning from it, in halves,
 * until the views that are to blame stand alone: these go to dead letters, and the others wait for
 * their batch again, as nothing was learned from it. If no view is to blame, the batch is trained
 * once more, a few times. Belongs to the loop's thread.
 */
public final class BatchTrainer {
  private static final Logger LOG = LoggerFactory.getLogger(BatchTrainer.class);
  private static final String STAGE = "train";

  private final GuardedTraining supervised;
  private final OnlineTraining training;
  private final DeadLetterProducer outbox;
  private final UnexpectedFailurePolicy failures;
  private final TrainerMetrics metrics;
  private int failed;

  public BatchTrainer(
      GuardedTraining supervised,
      OnlineTraining training,
      DeadLetterProducer outbox,
      UnexpectedFailurePolicy failures,
      TrainerMetrics metrics) {
    this.supervised = supervised;
    this.training = training;
    this.outbox = outbox;
    this.failures = failures;
    this.metrics = metrics;
  }

  /**
   * Trains on the next views that wait.
   *
   * @return empty if that failed; then fewer may wait
   * @throws BatchFailedException if it fails again and again, and no view is to blame
   * @throws io.stillstream.runtime.records.TooManyFailuresException if too many views are
   */
  public Optional<GuardedTraining.BatchResult> train(
      List<ConsumedView> batch, OffsetTrackingQueue pending, long nanos) {
    try {
      GuardedTraining.BatchResult trained =
          supervised.train(batch.stream().map(ConsumedView::view).toList());
      failed = 0;
      failures.succeeded();
      return Optional.of(trained);
    } catch (BatchFailedException e) {
      failed++;
      LOG.atWarn()
          .addKeyValue("error", e)
          .addKeyValue("views", batch.size())
          .log("A batch fails unexpectedly: its views are tried one by one");
      putAside(culprits(batch, e), pending, nanos);
      if (failed >= UnexpectedFailurePolicy.TRIES) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private record FailingView(ConsumedView fetched, Throwable failure) {}

  private void putAside(List<FailingView> culprits, OffsetTrackingQueue pending, long nanos) {
    // Before any of them leaves: there may be too many.
    List<BadRecordException> refusals = new ArrayList<>();
    for (FailingView culprit : culprits) {
      refusals.add(
          failures.badRecord(
              RecordCoordinates.of(culprit.fetched.source()), culprit.failure.getCause()));
    }
    for (int i = 0; i < refusals.size(); i++) {
      ConsumedView fetched = culprits.get(i).fetched;
      metrics.rejected(UnexpectedFailurePolicy.REASON);
      outbox.deadLetterByReference(fetched.source(), STAGE, refusals.get(i));
      pending.skip(fetched, nanos);
      failed = 0;
    }
  }

  /**
   * The views of a batch that fail alone.
   *
   * @throws BatchFailedException if the student fails on a view that says nothing: none is to blame
   */
  private List<FailingView> culprits(List<ConsumedView> batch, BatchFailedException failure) {
    try {
      training.requireTrainable();
    } catch (BatchFailedException e) {
      e.addSuppressed(failure);
      throw e;
    }
    List<FailingView> culprits = new ArrayList<>();
    search(batch, culprits);
    return culprits;
  }

  private void search(List<ConsumedView> views, List<FailingView> culprits) {
    Optional<BatchFailedException> failure = failure(views);
    if (failure.isEmpty()) {
      return;
    }
    if (views.size() == 1) {
      culprits.add(new FailingView(views.get(0), failure.get()));
      return;
    }
    int half = views.size() / 2;
    search(views.subList(0, half), culprits);
    search(views.subList(half, views.size()), culprits);
  }

  /** Why views fail; one alone has as many tries as any record. */
  private Optional<BatchFailedException> failure(List<ConsumedView> views) {
    Optional<BatchFailedException> last = Optional.empty();
    for (int left = views.size() == 1 ? UnexpectedFailurePolicy.TRIES : 1; left > 0; left--) {
      try {
        training.dryRun(views.stream().map(ConsumedView::view).toList());
        return Optional.empty();
      } catch (BatchFailedException e) {
        last = Optional.of(e);
      }
    }
    return last;
  }
}
