package io.stillstream.labeler;

import io.stillstream.labeler.inference.InferencePipeline;
import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.input.ConsumedRecord;
import io.stillstream.labeler.membership.GroupMember;
import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.labeler.output.CommitController;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.status.LabelerStatus;
import io.stillstream.runtime.access.AccessMonitor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The labeler's thread: polls views, submits batches of them to the pipeline, which preprocesses,
 * infers and encodes them on its own threads, sends the results and commits.
 *
 * <p>When the pipeline has no room and a full batch waits, nothing more is fetched: this is the
 * backpressure. After a failure that may pass, the transaction is aborted and every partition goes
 * back to its last committed offset. A failure that cannot pass ends the loop.
 */
final class LabelerLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(LabelerLoop.class);
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);

  /** While batches are in flight: a poll does not end when one of them is done. */
  private static final Duration SHORT_POLL = Duration.ofMillis(10);

  private final BatchingConsumer consumer;
  private final InferencePipeline pipeline;
  private final CommitController commits;
  private final GroupMember member;
  private final AccessMonitor access;
  private final LabelerMetrics metrics;

  /**
   * @param member made of the same consumer and commits
   * @param access gets the failures of Kafka clients
   */
  LabelerLoop(
      BatchingConsumer consumer,
      InferencePipeline pipeline,
      CommitController commits,
      GroupMember member,
      AccessMonitor access,
      LabelerMetrics metrics) {
    this.consumer = consumer;
    this.pipeline = pipeline;
    this.commits = commits;
    this.member = member;
    this.access = access;
    this.metrics = metrics;
  }

  /** The state now. Any thread. */
  LabelerStatus status() {
    return member.status();
  }

  /** Requests the end: what has been polled is still labelled and committed. Any thread. */
  void stop() {
    member.stop();
  }

  /** Runs until {@link #stop}, or until a failure that cannot pass, which is thrown. */
  @Override
  public void run() {
    // Closed in reverse order: an open transaction is aborted before the group is left.
    try (consumer;
        commits) {
      member.join();
      while (!member.isStopping()) {
        runOnce();
      }
      drain();
    } catch (InterruptException e) {
      if (!member.isStopping()) {
        // No stop was requested: it must not look like a normal end.
        throw new IllegalStateException("interrupted without having been told to stop", e);
      }
      log.atWarn().log("interrupted: what is not committed is left to a later run");
    }
  }

  /**
   * One turn. A record passes poll, batch, pipeline, send and commit. A turn sends first, which
   * makes room in the pipeline for the next batch, and then batches, which makes room for the poll.
   */
  private void runOnce() {
    try {
      recover();
      if (!registerSchema()) {
        return;
      }
      sendFinished();
      submitBatches();
      pollOrWait();
      member.commitIfDue();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      member.abort(e);
      access.reportFailure(e);
    }
  }

  /** At the start and after an abort: goes to the committed offsets. */
  private void recover() {
    if (commits.isSuspended()) {
      pipeline.cancelAll();
      recordPending();
      member.recover();
    }
  }

  /** Registers the schema of labels, once; false if a stop was requested before that succeeded. */
  private boolean registerSchema() {
    if (!status().schemaRegistered()
        && member
            .retryWhileAway(() -> pipeline.registerSchema().thenApply(done -> true))
            .isPresent()) {
      member.schemaRegistered();
    }
    return status().schemaRegistered();
  }

  private void sendFinished() {
    while (pipeline.isOldestDone() && !commits.isSuspended()) {
      sendOldest();
    }
  }

  private void submitBatches() {
    while (pipeline.hasRoom() && !commits.isSuspended()) {
      List<ConsumedRecord> batch = consumer.next();
      if (batch.isEmpty()) {
        return;
      }
      pipeline.submit(batch);
    }
  }

  /** Polls if there is room for more, otherwise waits for the oldest batch. */
  private void pollOrWait() {
    if (pipeline.hasRoom()) {
      member.poll(pipeline.isEmpty() ? LONGEST_POLL : SHORT_POLL);
      recordPending();
      return;
    }
    if (consumer.isFull()) {
      member.keepAliveIfDue();
    } else {
      member.poll(Duration.ZERO);
    }
    recordPending();
    if (pipeline.isEmpty()) {
      // Only cancelled batches of which a step has not ended yet.
      member.idle(SHORT_POLL);
    } else {
      pipeline.awaitOldest(member.untilNextDuty());
    }
  }

  /** At the end: labels and commits what has been polled. */
  private void drain() {
    try {
      while (!commits.isSuspended() && status().schemaRegistered()) {
        List<ConsumedRecord> rest = pipeline.hasRoom() ? consumer.drain() : List.of();
        if (!rest.isEmpty()) {
          pipeline.submit(rest);
        } else if (pipeline.isEmpty()) {
          break;
        } else {
          sendOldest();
        }
      }
      member.commit();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      log.atWarn().addKeyValue("error", e).log("not all could be committed at the end");
    }
  }

  /** Waits for the oldest batch and sends its results, except those of stale records. */
  private void sendOldest() {
    Optional<List<EncodedResult>> results = member.retryWhileAway(pipeline::oldest);
    if (results.isEmpty()) {
      // Stopped while the registry or the teacher is away. Batches behind this one must not be sent
      // any more, or
      // their offsets would be committed over those of this batch.
      commits.suspend();
      pipeline.cancelAll();
      return;
    }
    if (commits.isSuspended()) {
      // Partitions were lost meanwhile: everything goes back to the committed offsets.
      return;
    }
    List<ConsumedRecord> records = pipeline.take();
    for (int i = 0; i < records.size(); i++) {
      if (!consumer.isStale(records.get(i))) {
        commits.send(records.get(i).record(), results.get().get(i));
      }
    }
  }

  private void recordPending() {
    metrics.pending(consumer.pending() + pipeline.views());
  }
}
