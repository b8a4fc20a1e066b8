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
 * What goes out: labels, dead letters and the offsets of what they came from, in transactions that
 * span as many batches as fit in the commit interval. Counts what it has committed. Belongs to one
 * thread.
 */
public final class TransactionalSink implements AutoCloseable {
  private final TransactionalProducer output;
  private final PendingCommit transaction;
  private final LabelerMetrics metrics;
  private final InstantSource clock;

  public TransactionalSink(
      TransactionalProducer output,
      PendingCommit transaction,
      LabelerMetrics metrics,
      InstantSource clock) {
    this.output = output;
    this.transaction = transaction;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** See {@link TransactionalProducer#open}. */
  void open() {
    output.open();
  }

  void send(ConsumerRecord<byte[], byte[]> source, EncodedResult outcome) {
    output.send(outcome.output());
    transaction.add(source, outcome.settlement());
  }

  /** Commits what there is; nothing to commit is no transaction. Returns whether there was any. */
  boolean commit(ConsumerGroupMetadata group) {
    if (!transaction.isOpen()) {
      return false;
    }
    output.commit(transaction.offsets(), group);
    Instant now = clock.instant();
    transaction.settlements().forEach(settlement -> count(settlement, now));
    transaction.clear();
    return true;
  }

  /** See {@link PendingCommit#untilDue}. */
  Optional<Duration> untilDue() {
    return transaction.untilDue();
  }

  /** Takes back what has not been committed; see {@link TransactionalProducer#abort}. */
  boolean abort() {
    transaction.clear();
    return output.abort();
  }

  @Override
  public void close() {
    transaction.clear();
    output.close();
  }

  private void count(GroundTruth.Evaluation check) {
    check.correct().ifPresent(metrics::checkedAgainstTruth);
    metrics.lossAgainstTruth(check.loss());
  }

  private void count(CommittedCount settlement, Instant now) {
    if (settlement instanceof Labeled labeled) {
      metrics.labeled(Duration.between(labeled.capturedAt(), now));
      labeled.check().ifPresent(this::count);
    } else if (settlement instanceof OverBudget passedOver) {
      metrics.passedOver(Duration.between(passedOver.capturedAt(), now));
    } else if (settlement instanceof Rejected refused) {
      metrics.rejected(refused.reason());
    }
  }
}
