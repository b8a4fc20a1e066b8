package io.stillstream.labeler.output;

import io.stillstream.labeler.kafka.FatalErrors;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.metrics.LabelerMetrics.Recovery;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.runtime.service.RetryBackoff;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a transaction is committed and when it is aborted. After an abort nothing may be
 * sent until the consumer has been rewound: {@link #open}, rewind, {@link #resume}. Starts in that
 * state. Belongs to the loop's thread.
 */
public final class CommitController implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CommitController.class);

  private final TransactionalSink sink;
  private final LabelerMetrics metrics;
  private final RetryBackoff backoff = new RetryBackoff();

  private boolean recovering = true;
  private Duration retryDelay = Duration.ZERO;

  public CommitController(TransactionalSink sink, LabelerMetrics metrics) {
    this.sink = sink;
    this.metrics = metrics;
  }

  /** Whether nothing may be sent until {@link #resume}. */
  public boolean isRecovering() {
    return recovering;
  }

  /** How long to wait before {@link #open}. */
  public Duration retryDelay() {
    return retryDelay;
  }

  /** Makes a producer if there is none; see {@link TransactionalProducer#open}. */
  public void open() {
    sink.open();
  }

  /** Allows sending again: the consumer has been rewound to the committed offsets. */
  public void resume() {
    recovering = false;
  }

  /** Forbids further sending; what has been sent is still committed. */
  public void stopSending() {
    recovering = true;
  }

  /** Sends a result within the transaction; the first one begins it. */
  public void send(ConsumerRecord<byte[], byte[]> source, EncodedResult result) {
    sink.send(source, result);
  }

  /** See {@link PendingCommit#untilDue}. */
  public Optional<Duration> untilDue() {
    return sink.untilDue();
  }

  /** Whether the open transaction has reached the commit interval. */
  public boolean isDue() {
    return sink.untilDue().filter(Duration::isZero).isPresent();
  }

  /** Commits the open transaction, if there is one. */
  public void commit(ConsumerGroupMetadata group) {
    if (sink.commit(group)) {
      backoff.reset();
    }
  }

  /**
   * Aborts the open transaction after a failure that may pass; its views will be polled again.
   *
   * @return the message of the root cause
   * @throws KafkaException the failure itself, if it cannot pass
   */
  public String abort(KafkaException failure) {
    if (FatalErrors.isFatal(failure)) {
      throw failure;
    }
    boolean producerKept = sink.abort();
    recovering = true;
    retryDelay = backoff.next();
    metrics.recovered(producerKept ? Recovery.ABORTED : Recovery.RECREATED);
    String problem = rootMessage(failure);
    log.atWarn()
        .addKeyValue("error", failure)
        .addKeyValue("problem", problem)
        .addKeyValue("retryIn", retryDelay)
        .log("transaction aborted, its views will be read again");
    return problem;
  }

  /** Aborts the open transaction because partitions were lost to another member. */
  public void abortLost() {
    log.atWarn().log("partitions lost to another member of the group");
    sink.abort();
    metrics.recovered(Recovery.LOST);
    recovering = true;
  }

  /** Aborts the open transaction. */
  @Override
  public void close() {
    sink.close();
  }

  /** A producer in an error state says no more than that; its cause says what led to it. */
  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
