package io.stillstream.labeler.output;

import io.stillstream.labeler.batching.InferenceBatch;
import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.kafka.FatalErrors;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.metrics.LabelerMetrics.Recovery;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.status.LabelerStatus;
import io.stillstream.runtime.service.RetryBackoff;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When to commit, and what to do when that fails or partitions go: the transaction is aborted, and
 * from then on until {@link #recover} nothing more may be delivered. Belongs to the loop's thread.
 */
public final class CommitController implements BatchingConsumer.RebalanceHandler, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CommitController.class);

  private final BatchingConsumer intake;
  private final TransactionalSink delivery;
  private final LabelerStatus state;
  private final LabelerMetrics metrics;
  private final RetryBackoff backoff = new RetryBackoff();

  private KafkaException failedRevoke;
  private boolean recovering = true;
  private Duration pause = Duration.ZERO;

  public CommitController(
      BatchingConsumer intake,
      TransactionalSink delivery,
      LabelerStatus state,
      LabelerMetrics metrics) {
    this.intake = intake;
    this.delivery = delivery;
    this.state = state;
    this.metrics = metrics;
  }

  /** Whether what is in hand is not to be delivered, but read again after {@link #recover}. */
  public boolean isRecovering() {
    return recovering;
  }

  /** How long to wait before {@link #recover}. */
  public Duration pause() {
    return pause;
  }

  /** Goes back to what is committed. */
  public void recover() {
    delivery.open();
    intake.rewind();
    recovering = false;
    state.recovered();
  }

  /** Delivers no more of what is in hand; what has been delivered is committed as usual. */
  public void stopDelivery() {
    recovering = true;
  }

  /** Sends what came of a batch, but for records whose partition has gone meanwhile. */
  public void send(InferenceBatch<ConsumedRecord> batch, List<EncodedResult> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      ConsumedRecord fetched = batch.items().get(i);
      if (!intake.isStale(fetched)) {
        delivery.send(fetched.record(), outcomes.get(i));
      }
    }
  }

  /** See {@link PendingCommit#untilDue}. */
  public Optional<Duration> untilDue() {
    return delivery.untilDue();
  }

  public void commitIfDue() {
    if (delivery.untilDue().filter(Duration::isZero).isPresent()) {
      commit();
    }
  }

  public void commit() {
    if (delivery.commit(intake.group())) {
      backoff.reset();
    }
  }

  /**
   * Aborts; what was delivered will be read again.
   *
   * @throws KafkaException the failure itself, if time does not cure it
   */
  public void abortAndRecover(KafkaException failure) {
    if (FatalErrors.isFatal(failure)) {
      throw failure;
    }
    boolean producerLives = delivery.abort();
    recovering = true;
    pause = backoff.next();
    metrics.recovered(producerLives ? Recovery.ABORTED : Recovery.RECREATED);
    state.failed(failure);
    log.atWarn()
        .addKeyValue("error", failure)
        .addKeyValue("problem", state.brokerError().orElse(""))
        .addKeyValue("retryIn", pause)
        .log("transaction given up, its views will be read again");
  }

  @Override
  public void beforeRevoke() {
    try {
      commit();
    } catch (KafkaException e) {
      failedRevoke = e;
    }
  }

  /** Throws what {@link #beforeRevoke} could not, being called from within a poll. */
  public void throwFailedRevoke() {
    if (failedRevoke != null) {
      KafkaException failure = failedRevoke;
      failedRevoke = null;
      throw failure;
    }
  }

  @Override
  public void onLost() {
    log.atWarn().log("partitions lost to another member of the group");
    delivery.abort();
    metrics.recovered(Recovery.LOST);
    recovering = true;
  }

  /** Aborts what is open. */
  @Override
  public void close() {
    delivery.close();
  }
}
