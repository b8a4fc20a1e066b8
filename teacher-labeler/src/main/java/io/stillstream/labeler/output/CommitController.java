package io.stillstream.labeler.output;

import io.stillstream.labeler.kafka.FatalErrors;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.metrics.LabelerMetrics.Recovery;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.EncodedResult.CommittedCount.Labeled;
import io.stillstream.labeler.result.EncodedResult.CommittedCount.OverBudget;
import io.stillstream.labeler.result.EncodedResult.CommittedCount.Rejected;
import io.stillstream.labeler.result.EncodedResult.TeacherAnswer;
import io.stillstream.labeler.result.GroundTruth;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.labeler.result.TruthEvaluation;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OriginalAnswers;
import io.stillstream.runtime.service.RetryBackoff;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends labels and dead letters with the offsets of their sources, in transactions of as many
 * batches as fit in the commit interval. Decides when a transaction is committed and when it is
 * aborted, and counts what has been committed. After an abort nothing may be sent until the
 * consumer has been rewound: {@link #open}, rewind, {@link #resume}. Starts in that state. Belongs
 * to the loop's thread.
 */
public final class CommitController implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CommitController.class);

  private final TransactionalProducer producer;
  private final PendingCommit pending;
  private final LabelerMetrics metrics;
  private final InstantSource clock;
  private final RetryBackoff backoff = new RetryBackoff();

  /** Of committed views only, so that one that is read again is compared once. */
  private final OriginalAnswers originals = new OriginalAnswers();

  private boolean recovering = true;
  private Duration retryDelay = Duration.ZERO;

  public CommitController(
      TransactionalProducer producer,
      PendingCommit pending,
      LabelerMetrics metrics,
      InstantSource clock) {
    this.producer = producer;
    this.pending = pending;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Whether nothing may be sent until {@link #resume}. */
  public boolean isSuspended() {
    return recovering;
  }

  /** How long to wait before {@link #open}. */
  public Duration retryDelay() {
    return retryDelay;
  }

  /** Makes a producer if there is none; see {@link TransactionalProducer#open}. */
  public void open() {
    producer.open();
  }

  /** Allows sending again: the consumer has been rewound to the committed offsets. */
  public void resume() {
    recovering = false;
  }

  /** Forbids further sending; what has been sent is still committed. */
  public void suspend() {
    recovering = true;
  }

  /** Sends a result within the transaction; the first one begins it. */
  public void send(ConsumerRecord<byte[], byte[]> source, EncodedResult result) {
    producer.send(result.output());
    pending.add(source, result.count());
  }

  /** See {@link PendingCommit#untilDue}. */
  public Optional<Duration> untilDue() {
    return pending.untilDue();
  }

  /** Whether the open transaction has reached the commit interval. */
  public boolean isDue() {
    return untilDue().filter(Duration::isZero).isPresent();
  }

  /** Commits the open transaction, if there is one. */
  public void commit(ConsumerGroupMetadata group) {
    if (!pending.isOpen()) {
      return;
    }
    Instant begun = clock.instant();
    producer.commit(pending.offsets(), group);
    Instant now = clock.instant();
    metrics.committed(Duration.between(begun, now));
    pending.counts().forEach(count -> count(count, now));
    pending.clear();
    backoff.reset();
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
    pending.clear();
    boolean producerKept = producer.abort();
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
    pending.clear();
    producer.abort();
    metrics.recovered(Recovery.LOST);
    recovering = true;
  }

  /** Aborts the open transaction. */
  @Override
  public void close() {
    pending.clear();
    producer.close();
  }

  private void count(CommittedCount count, Instant now) {
    if (count instanceof Labeled labeled) {
      metrics.labeled(Duration.between(labeled.capturedAt(), now));
      labeled.evaluation().ifPresent(this::count);
      TeacherAnswer answer = labeled.answer();
      metrics.augmentation(
          answer.keys(),
          new ViewAnswers(
              answer
                  .logits()
                  .flatMap(
                      logits -> originals.compare(answer.lineage(), answer.teachers(), logits)),
              labeled.evaluation().flatMap(CommitController::correct),
              Optional.empty()));
    } else if (count instanceof OverBudget overBudget) {
      metrics.overBudget(Duration.between(overBudget.capturedAt(), now));
    } else if (count instanceof Rejected rejected) {
      metrics.rejected(rejected.reason());
    }
  }

  private void count(TruthEvaluation evaluation) {
    metrics.lossAgainstTruth(evaluation.loss());
    correct(evaluation).ifPresent(metrics::checkedAgainstTruth);
    if (evaluation instanceof MaskTruth.Evaluation pixels) {
      metrics.pixelsAgainstTruth(pixels);
    }
  }

  private static Optional<Boolean> correct(TruthEvaluation evaluation) {
    return evaluation instanceof GroundTruth.Evaluation ofClass
        ? ofClass.correct()
        : Optional.empty();
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
