package io.stillstream.labeler.output;

import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.EncodedResult.CommittedCount.Labeled;
import io.stillstream.labeler.result.EncodedResult.CommittedCount.OverBudget;
import io.stillstream.labeler.result.EncodedResult.CommittedCount.Rejected;
import io.stillstream.labeler.result.GroundTruth;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Sends labels and dead letters with the offsets of their sources, in transactions of as many
 * batches as fit in the commit interval. Counts what it has committed. Belongs to one thread.
 */
public final class TransactionalSink implements AutoCloseable {
  private final TransactionalProducer producer;
  private final PendingCommit pending;
  private final LabelerMetrics metrics;
  private final InstantSource clock;

  public TransactionalSink(
      TransactionalProducer producer,
      PendingCommit pending,
      LabelerMetrics metrics,
      InstantSource clock) {
    this.producer = producer;
    this.pending = pending;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** See {@link TransactionalProducer#open}. */
  void open() {
    producer.open();
  }

  void send(ConsumerRecord<byte[], byte[]> source, EncodedResult result) {
    producer.send(result.output());
    pending.add(source, result.count());
  }

  /** Commits the open transaction; returns whether there was one. */
  boolean commit(ConsumerGroupMetadata group) {
    if (!pending.isOpen()) {
      return false;
    }
    producer.commit(pending.offsets(), group);
    Instant now = clock.instant();
    pending.counts().forEach(count -> count(count, now));
    pending.clear();
    return true;
  }

  /** See {@link PendingCommit#untilDue}. */
  Optional<Duration> untilDue() {
    return pending.untilDue();
  }

  /** Aborts the open transaction; see {@link TransactionalProducer#abort}. */
  boolean abort() {
    pending.clear();
    return producer.abort();
  }

  @Override
  public void close() {
    pending.clear();
    producer.close();
  }

  private void count(GroundTruth.Evaluation evaluation) {
    evaluation.correct().ifPresent(metrics::checkedAgainstTruth);
    metrics.lossAgainstTruth(evaluation.loss());
  }

  private void count(CommittedCount count, Instant now) {
    if (count instanceof Labeled labeled) {
      metrics.labeled(Duration.between(labeled.capturedAt(), now));
      labeled.evaluation().ifPresent(this::count);
    } else if (count instanceof OverBudget overBudget) {
      metrics.overBudget(Duration.between(overBudget.capturedAt(), now));
    } else if (count instanceof Rejected rejected) {
      metrics.rejected(rejected.reason());
    }
  }
}
