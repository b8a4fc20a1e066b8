package io.stillstream.labeler;

import io.stillstream.labeler.batching.InferenceBatch;
import io.stillstream.labeler.inference.InferencePipeline;
import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.output.CommitController;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.status.LabelerStatus;
import io.stillstream.runtime.service.RetryBackoff;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls, puts batches into the pipeline, delivers what comes out of it. When the pipeline has no
 * room and a full batch waits nothing more is fetched, which is the backpressure; this thread then
 * keeps the membership in the group and commits what is due, so neither {@code
 * max.poll.interval.ms} nor the transaction's time-out depends on how slow the teacher is.
 *
 * <p>After any failure that time cures, the transaction is aborted and every partition goes back to
 * its last committed position. Failures that time does not cure end the loop.
 */
final class LabelerLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(LabelerLoop.class);
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);

  /** While batches are in hand: a poll does not end when one of them is done. */
  private static final Duration GLANCE = Duration.ofMillis(10);

  private final String topic;
  private final BatchingConsumer intake;
  private final CommitController transactions;
  private final InferencePipeline pipeline;
  private final Duration keepAliveEvery;
  private final LabelerStatus state;
  private final LabelerMetrics metrics;

  private volatile boolean stopping;

  LabelerLoop(
      String topic,
      BatchingConsumer intake,
      CommitController transactions,
      InferencePipeline pipeline,
      Duration keepAliveEvery,
      LabelerStatus state,
      LabelerMetrics metrics) {
    this.topic = topic;
    this.intake = intake;
    this.transactions = transactions;
    this.pipeline = pipeline;
    this.keepAliveEvery = keepAliveEvery;
    this.state = state;
    this.metrics = metrics;
  }

  /** Asks the loop to label what it holds, commit and end. */
  void stop() {
    stopping = true;
  }

  /** Runs until {@link #stop} or until something fails for good, which is then thrown. */
  @Override
  public void run() {
    // Closed in reverse order: an open transaction is aborted before the group is left.
    try (intake;
        transactions) {
      intake.subscribe(topic, transactions);
      while (!stopping) {
        runOnce();
      }
      drain();
    } catch (InterruptException e) {
      if (!stopping) {
        // Nobody asked for an end: it must not look like one that was asked for.
        throw new IllegalStateException("interrupted without having been told to stop", e);
      }
      log.atWarn().log("interrupted: what is not committed is left to a later run");
    }
  }

  private void runOnce() {
    try {
      if (transactions.isRecovering()) {
        pipeline.abandon();
        idle(transactions.pause());
        transactions.recover();
      }
      if (!state.isPrepared()) {
        prepare();
        if (!state.isPrepared()) {
          // Told to stop meanwhile; nothing is labelled that could not be written.
          return;
        }
      }
      while (pipeline.isOldestDone() && !transactions.isRecovering()) {
        deliverOldest();
      }
      while (pipeline.hasRoom() && !transactions.isRecovering()) {
        Optional<InferenceBatch<ConsumedRecord>> next = intake.next();
        if (next.isEmpty()) {
          break;
        }
        submit(next.get());
      }
      pollOrWait();
      transactions.commitIfDue();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      transactions.abortAndRecover(e);
    }
  }

  private void drain() {
    try {
      while (!transactions.isRecovering() && state.isPrepared()) {
        Optional<InferenceBatch<ConsumedRecord>> rest =
            pipeline.hasRoom() ? intake.drain() : Optional.empty();
        if (rest.isPresent()) {
          submit(rest.get());
        } else if (pipeline.isEmpty()) {
          break;
        } else {
          deliverOldest();
        }
      }
      transactions.commit();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      log.atWarn().addKeyValue("error", e).log("not all could be committed at the end");
    }
  }

  private void prepare() {
    if (retryWhileRegistryAway(() -> pipeline.prepare().thenApply(done -> true)).isPresent()) {
      state.nowPrepared();
    }
  }

  private void submit(InferenceBatch<ConsumedRecord> batch) {
    metrics.batchClosed(batch.reason(), batch.items().size());
    pipeline.submit(batch);
  }

  private void deliverOldest() {
    Optional<List<EncodedResult>> outcomes = retryWhileRegistryAway(pipeline::oldest);
    if (outcomes.isEmpty()) {
      // Told to stop while the registry is away. Whatever is behind this batch must not be
      // delivered any more, or its offsets would be committed over those of this batch.
      transactions.stopDelivery();
      pipeline.abandon();
      return;
    }
    if (transactions.isRecovering()) {
      // Partitions were lost meanwhile: all goes back to what is committed, this batch too.
      return;
    }
    transactions.send(pipeline.take(), outcomes.get());
  }

  /** Fetches more if it could be put somewhere; waits for whatever comes first. */
  private void pollOrWait() {
    if (pipeline.hasRoom()) {
      poll(
          () ->
              intake.poll(
                  pipeline.isEmpty()
                      ? pollTimeout()
                      : shorter(GLANCE, Optional.of(pollTimeout()))));
      return;
    }
    if (!intake.isFull()) {
      poll(() -> intake.poll(Duration.ZERO));
    } else if (state.sincePoll().compareTo(keepAliveEvery) >= 0) {
      poll(() -> intake.keepAlive(Duration.ZERO));
    }
    if (pipeline.isEmpty()) {
      // Only batches that nobody waits for any more, but that a teacher is still at work on.
      idle(GLANCE);
    } else {
      pipeline.awaitOldest(shorter(keepAliveEvery, transactions.untilDue()));
    }
  }

  /** Has something done, again and again while the registry is away; empty if told to stop then. */
  private <T> Optional<T> retryWhileRegistryAway(Supplier<CompletableFuture<T>> attempt) {
    RetryBackoff registryBackoff = new RetryBackoff();
    while (true) {
      try {
        T result = await(attempt.get());
        if (state.registryError().isPresent()) {
          log.atInfo().log("the schema registry answers again");
          state.registryError(null);
        }
        return Optional.of(result);
      } catch (RegistryUnavailableException e) {
        if (state.registryError().isEmpty()) {
          log.atWarn().addKeyValue("reason", e.getMessage()).log("waiting for the schema registry");
        }
        state.registryError(String.valueOf(e.getMessage()));
        transactions.commit();
        idle(registryBackoff.next());
        if (stopping) {
          return Optional.empty();
        }
      }
    }
  }

  private <T> T await(CompletableFuture<T> work) {
    while (true) {
      Duration patience = shorter(keepAliveEvery, transactions.untilDue());
      try {
        return work.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (stopping && state.registryError().isPresent()) {
          throw new RegistryUnavailableException("told to stop while the registry is away");
        }
        transactions.commitIfDue();
        poll(() -> intake.keepAlive(Duration.ZERO));
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException("labelling failed", e.getCause());
      }
    }
  }

  private void idle(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0 && !stopping; left = end - System.nanoTime()) {
      Duration step = shorter(LONGEST_POLL, Optional.of(Duration.ofNanos(left)));
      poll(() -> intake.keepAlive(step));
      transactions.commitIfDue();
    }
  }

  private void poll(Runnable how) {
    how.run();
    state.polled();
    state.unresolvedOffsets(intake.unresolvedOffsets());
    metrics.pending(intake.pending() + pipeline.views());
    transactions.throwFailedRevoke();
  }

  private Duration pollTimeout() {
    return shorter(shorter(LONGEST_POLL, intake.untilNext()), transactions.untilDue());
  }

  private static Duration shorter(Duration one, Optional<Duration> other) {
    return other.filter(duration -> duration.compareTo(one) < 0).orElse(one);
  }
}
