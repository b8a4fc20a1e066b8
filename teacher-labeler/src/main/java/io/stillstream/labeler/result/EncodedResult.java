package io.stillstream.labeler.result;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What is sent for one view, a labelled view or a dead letter, and what is counted once that is
 * committed.
 */
public record EncodedResult(ProducerRecord<byte[], byte[]> output, CommittedCount count) {
  /** What is counted for one view. */
  public sealed interface CommittedCount {
    /**
     * The view has a label.
     *
     * @param capturedAt of its image
     * @param evaluation of the label, where the truth is known
     */
    record Labeled(Instant capturedAt, Optional<GroundTruth.Evaluation> evaluation)
        implements CommittedCount {}

    /** The view is not labelled, because the budget does not cover it. */
    record OverBudget(Instant capturedAt) implements CommittedCount {}

    /** A dead letter replaces the view. */
    record Rejected(ViewResult.Reason reason) implements CommittedCount {}
  }
}
