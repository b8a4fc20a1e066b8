package io.stillstream.labeler.result;

import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Teacher;
import java.time.Instant;
import java.util.List;
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
     * @param answer of the teachers
     */
    record Labeled(Instant capturedAt, Optional<TruthEvaluation> evaluation, TeacherAnswer answer)
        implements CommittedCount {}

    /** The view is not labelled, because the budget does not cover it. */
    record OverBudget(Instant capturedAt) implements CommittedCount {}

    /** A dead letter replaces the view. */
    record Rejected(ViewResult.Reason reason) implements CommittedCount {}
  }

  /**
   * What the teachers answered for a view, and what augmentation had done to it.
   *
   * @param keys what the view counts for
   * @param lineage whose view it is
   * @param logits [K], all finite; not copied. Empty for other tasks than classification: their
   *     answers are large, and those on view 0 and on a view whose pixels have moved cannot be
   *     compared number by number
   */
  public record TeacherAnswer(
      List<OperationStrength> keys,
      Lineage lineage,
      List<Teacher> teachers,
      Optional<float[]> logits) {}
}
