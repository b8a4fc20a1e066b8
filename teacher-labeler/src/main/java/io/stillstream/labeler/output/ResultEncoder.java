package io.stillstream.labeler.output;

import io.stillstream.labeler.preprocess.PreprocessedView;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.GroundTruth;
import io.stillstream.labeler.result.ViewResult.Labeled;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.Teacher;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Turns answers into records: labelled views, or dead letters. */
public final class ResultEncoder {
  private static final String STAGE = "label";

  private final LabeledViewWriter writer;
  private final DeadLetterFactory deadLetters;

  public ResultEncoder(LabeledViewWriter writer, DeadLetterFactory deadLetters) {
    this.writer = writer;
    this.deadLetters = deadLetters;
  }

  /** See {@link LabeledViewWriter#registerSchema}. */
  public void registerSchema() {
    writer.registerSchema();
  }

  /**
   * The outcome for an entry whose answer is known.
   *
   * @param teachers whom the label names
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if it cannot be written
   *     now
   */
  public EncodedResult encode(PreprocessedView entry, List<Teacher> teachers) {
    ConsumerRecord<byte[], byte[]> record = entry.record();
    if (entry.result() instanceof Rejected refused) {
      return refuse(record, refused);
    }
    AugmentedView view = entry.view();
    try {
      if (entry.result() instanceof Labeled labeled) {
        float[] logits = labeled.logits();
        return new EncodedResult(
            writer.write(record, view, teachers, logits),
            new CommittedCount.Labeled(view.getCapturedAt(), check(view.getLabel(), logits)));
      }
      return new EncodedResult(
          writer.write(record, view, List.of(), null),
          new CommittedCount.OverBudget(view.getCapturedAt()));
    } catch (BadRecordException e) {
      return refuse(record, ViewPreprocessor.rejected(e));
    }
  }

  private EncodedResult refuse(ConsumerRecord<byte[], byte[]> record, Rejected answer) {
    return new EncodedResult(
        deadLetters.create(
            RecordCoordinates.of(record),
            record.key(),
            record.value(),
            record.headers(),
            STAGE,
            new BadRecordException(answer.reason().tag(), answer.message())),
        new CommittedCount.Rejected(answer.reason()));
  }

  private static Optional<GroundTruth.Evaluation> check(Label label, float[] logits) {
    if (label == null) {
      return Optional.empty();
    }
    Integer secondary = label.getSecondary();
    GroundTruth truth =
        secondary == null
            ? GroundTruth.of(label.getPrimary())
            : new GroundTruth(label.getPrimary(), secondary, label.getWeight());
    return truth.check(logits);
  }
}
