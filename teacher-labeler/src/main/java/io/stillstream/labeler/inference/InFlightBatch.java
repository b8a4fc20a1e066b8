package io.stillstream.labeler.inference;

import io.stillstream.labeler.batching.InferenceBatch;
import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One batch on its way through the pipeline, perhaps for the second time. Belongs to the pipeline's
 * caller, but for {@link #throwIfCancelled}.
 */
final class InFlightBatch {
  private final InferenceBatch<ConsumedRecord> batch;
  private CompletableFuture<List<EncodedResult>> outcomes;
  private boolean exclusive;
  private volatile boolean abandoned;

  InFlightBatch(InferenceBatch<ConsumedRecord> batch) {
    this.batch = batch;
  }

  /** It is under way, the first time or again. */
  void launched(CompletableFuture<List<EncodedResult>> promised, boolean alone) {
    outcomes = promised;
    exclusive = alone;
  }

  InferenceBatch<ConsumedRecord> batch() {
    return batch;
  }

  CompletableFuture<List<EncodedResult>> outcomes() {
    return outcomes;
  }

  boolean isDone() {
    return outcomes.isDone();
  }

  boolean isExclusive() {
    return exclusive;
  }

  /** Whether it has failed because the registry was away, so that it may succeed another time. */
  boolean failedOnRegistry() {
    return outcomes.isCompletedExceptionally()
        && outcomes.handle((done, failure) -> cause(failure)).join()
            instanceof RegistryUnavailableException;
  }

  /** Nobody waits for it any more. */
  void cancel() {
    abandoned = true;
  }

  /**
   * To be called before each step.
   *
   * @throws CancellationException if nobody waits for it any more
   */
  void throwIfCancelled() {
    if (abandoned) {
      throw new CancellationException("abandoned");
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }
}
