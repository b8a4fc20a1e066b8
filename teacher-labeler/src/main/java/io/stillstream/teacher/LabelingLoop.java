package io.stillstream.teacher;

import io.stillstream.schemas.wire.RegistryUnavailableException;
import io.stillstream.teacher.labels.Batch;
import io.stillstream.teacher.labels.LabelerMetrics;
import io.stillstream.teacher.labels.LabelerMetrics.Recovery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls, has batches labelled, delivers: one batch at a time, which is the backpressure. Labelling
 * happens on the worker's thread; while it lasts, this thread keeps the membership in the group and
 * commits what is due, so neither {@code max.poll.interval.ms} nor the transaction's time-out
 * depends on how slow the teacher is.
 *
 * <p>After any failure that time cures, the transaction is aborted and every partition goes back to
 * its last committed position. Failures that time does not cure end the loop.
 */
final class LabelingLoop implements Runnable, Intake.RebalanceHandler {
  private static final Logger log = LoggerFactory.getLogger(LabelingLoop.class);
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);

  private final String topic;
  private final Intake intake;
  private final Delivery delivery;
  private final Labeling labeling;
  private final ExecutorService worker;
  private final Duration keepAliveEvery;
  private final LoopState state;
  private final LabelerMetrics metrics;
  private final Backoff backoff = new Backoff();

  private volatile boolean stopping;
  private KafkaException failedRevoke;
  private boolean recovering = true;
  private Duration pause = Duration.ZERO;

  LabelingLoop(
      String topic,
      Intake intake,
      Delivery delivery,
      Labeling labeling,
      ExecutorService worker,
      Duration keepAliveEvery,
      LoopState state,
      LabelerMetrics metrics) {
    this.topic = topic;
    this.intake = intake;
    this.delivery = delivery;
    this.labeling = labeling;
    this.worker = worker;
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
        delivery) {
      intake.subscribe(topic, this);
      while (!stopping) {
        turn();
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

  @Override
  public void beforeRevoke() {
    try {
      commit();
    } catch (KafkaException e) {
      failedRevoke = e;
    }
  }

  @Override
  public void onLost() {
    log.atWarn().log("partitions lost to another member of the group");
    delivery.abort();
    metrics.recovered(Recovery.LOST);
    recovering = true;
  }

  private void turn() {
    try {
      if (recovering) {
        recover();
      }
      if (!state.isPrepared()) {
        prepare();
        if (!state.isPrepared()) {
          // Told to stop meanwhile; nothing is labelled that could not be written.
          return;
        }
      }
      poll(() -> intake.poll(pollTimeout()));
      Optional<Batch<Fetched>> batch = intake.next();
      if (batch.isPresent() && !recovering) {
        label(batch.get());
      }
      commitIfDue();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      giveUp(e);
    }
  }

  private void drain() {
    try {
      for (Optional<Batch<Fetched>> rest = intake.drain();
          rest.isPresent() && !recovering && state.isPrepared();
          rest = intake.drain()) {
        label(rest.get());
      }
      commit();
    } catch (KafkaException e) {
      log.atWarn().addKeyValue("error", e).log("not all could be committed at the end");
    }
  }

  private void prepare() {
    Optional<List<Outcome>> done =
        patiently(
            () -> {
              labeling.prepare();
              return List.of();
            });
    if (done.isPresent()) {
      state.nowPrepared();
    }
  }

  private void label(Batch<Fetched> batch) {
    metrics.batchClosed(batch.reason(), batch.items().size());
    List<ConsumerRecord<byte[], byte[]>> records =
        batch.items().stream().map(Fetched::record).toList();
    Optional<List<Outcome>> outcomes = patiently(() -> labeling.label(records));
    if (outcomes.isEmpty()) {
      // Told to stop while the registry is away. Whatever waits behind this batch must not be
      // delivered any more, or its offsets would be committed over those of this batch.
      recovering = true;
      return;
    }
    if (recovering) {
      // Partitions were lost meanwhile: all goes back to what is committed, this batch too.
      return;
    }
    for (int i = 0; i < records.size(); i++) {
      if (!intake.isStale(batch.items().get(i))) {
        delivery.deliver(records.get(i), outcomes.get().get(i));
      }
    }
  }

  /** Has work done, again and again while the registry is away; empty if told to stop then. */
  private Optional<List<Outcome>> patiently(Callable<List<Outcome>> work) {
    Backoff registryBackoff = new Backoff();
    while (true) {
      try {
        List<Outcome> outcomes = await(worker.submit(work));
        if (state.registryTrouble().isPresent()) {
          log.atInfo().log("the schema registry answers again");
          state.registryTrouble(null);
        }
        return Optional.of(outcomes);
      } catch (RegistryUnavailableException e) {
        if (state.registryTrouble().isEmpty()) {
          log.atWarn().addKeyValue("reason", e.getMessage()).log("waiting for the schema registry");
        }
        state.registryTrouble(String.valueOf(e.getMessage()));
        commit();
        idle(registryBackoff.next());
        if (stopping) {
          return Optional.empty();
        }
      }
    }
  }

  private List<Outcome> await(Future<List<Outcome>> work) {
    while (true) {
      Duration patience = shorter(keepAliveEvery, delivery.untilDue());
      try {
        return work.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (stopping && state.registryTrouble().isPresent()) {
          work.cancel(true);
          throw new RegistryUnavailableException("told to stop while the registry is away");
        }
        commitIfDue();
        poll(() -> intake.keepAlive(Duration.ZERO));
      } catch (InterruptedException e) {
        work.cancel(true);
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
      commitIfDue();
    }
  }

  private void poll(Runnable how) {
    how.run();
    state.polled();
    metrics.pending(intake.pending());
    if (failedRevoke != null) {
      KafkaException failure = failedRevoke;
      failedRevoke = null;
      throw failure;
    }
  }

  private Duration pollTimeout() {
    return shorter(shorter(LONGEST_POLL, intake.untilNext()), delivery.untilDue());
  }

  private void commitIfDue() {
    if (delivery.untilDue().filter(Duration::isZero).isPresent()) {
      commit();
    }
  }

  private void commit() {
    if (delivery.commit(intake.group())) {
      backoff.reset();
    }
  }

  private void giveUp(KafkaException failure) {
    if (Fatal.isFatal(failure)) {
      throw failure;
    }
    boolean producerLives = delivery.abort();
    recovering = true;
    pause = backoff.next();
    metrics.recovered(producerLives ? Recovery.ABORTED : Recovery.RECREATED);
    state.brokerTrouble(String.valueOf(failure.getMessage()));
    log.atWarn()
        .addKeyValue("error", failure)
        .addKeyValue("retryIn", pause)
        .log("transaction given up, its views will be read again");
  }

  private void recover() {
    idle(pause);
    delivery.open();
    intake.rewind();
    recovering = false;
    state.brokerTrouble(null);
  }

  private static Duration shorter(Duration one, Optional<Duration> other) {
    return other.filter(duration -> duration.compareTo(one) < 0).orElse(one);
  }
}
