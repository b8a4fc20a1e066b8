package io.stillstream.labeler.inference;

import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A batch in the pipeline: its records and the results to come. A batch that failed because the
 * registry or the teacher's server was away is launched again. Belongs to the pipeline's caller,
 * except {@link #throwIfCancelled}.
 */
final class InFlightBatch {
  private final List<ConsumedRecord> records;
  private CompletableFuture<List<EncodedResult>> results;
  private boolean exclusive;
  private volatile boolean cancelled;

  InFlightBatch(List<ConsumedRecord> records) {
    this.records = List.copyOf(records);
  }

  /** Sets the results to come, of the first launch or of another one. */
  void launched(CompletableFuture<List<EncodedResult>> promised, boolean alone) {
    results = promised;
    exclusive = alone;
  }

  List<ConsumedRecord> records() {
    return records;
  }

  CompletableFuture<List<EncodedResult>> results() {
    return results;
  }

  boolean isDone() {
    return results.isDone();
  }

  /** Whether no other batch may be processed at the same time. */
  boolean isExclusive() {
    return exclusive;
  }

  /** Whether it failed because registry or teacher was away, so that it may succeed later. */
  boolean failedOnNeighbour() {
    if (!results.isCompletedExceptionally()) {
      return false;
    }
    Throwable failure = results.handle((done, thrown) -> cause(thrown)).join();
    return failure instanceof RegistryUnavailableException
        || failure instanceof TeacherUnavailableException;
  }

  /** Skips the steps that have not begun. */
  void cancel() {
    cancelled = true;
  }

  /**
   * To be called before each step.
   *
   * @throws CancellationException if the batch has been cancelled
   */
  void throwIfCancelled() {
    if (cancelled) {
      throw new CancellationException("cancelled");
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }
}
