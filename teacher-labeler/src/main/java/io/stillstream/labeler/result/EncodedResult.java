package io.stillstream.labeler.result;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What is to be sent for one view, a labelled view or a dead letter, and what is to be counted once
 * that is committed.
 */
public record EncodedResult(ProducerRecord<byte[], byte[]> output, CommittedCount settlement) {
  /** What is to be counted for one view. */
  public sealed interface CommittedCount {
    /**
     * The view has a label.
     *
     * @param capturedAt of the image behind it
     * @param check the label held against the truth, where that is known
     */
    record Labeled(Instant capturedAt, Optional<GroundTruth.Evaluation> check)
        implements CommittedCount {}

    /** The view goes on without a label, as the budget has it. */
    record OverBudget(Instant capturedAt) implements CommittedCount {}

    /** A dead letter stands for the view. */
    record Rejected(ViewResult.Reason reason) implements CommittedCount {}
  }
}
