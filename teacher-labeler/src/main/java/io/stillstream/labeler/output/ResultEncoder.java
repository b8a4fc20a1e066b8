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

/** Turns the results of views into records: labelled views or dead letters. */
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
   * Encodes a view whose result is known.
   *
   * @param teachers that the label names
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the schema cannot be
   *     registered now
   */
  public EncodedResult encode(PreprocessedView preprocessed, List<Teacher> teachers) {
    ConsumerRecord<byte[], byte[]> record = preprocessed.record();
    if (preprocessed.result() instanceof Rejected rejected) {
      return reject(record, rejected);
    }
    AugmentedView view = preprocessed.view();
    try {
      if (preprocessed.result() instanceof Labeled labeled) {
        float[] logits = labeled.logits();
        return new EncodedResult(
            writer.write(record, view, teachers, logits),
            new CommittedCount.Labeled(view.getCapturedAt(), evaluation(view.getLabel(), logits)));
      }
      return new EncodedResult(
          writer.write(record, view, List.of(), null),
          new CommittedCount.OverBudget(view.getCapturedAt()));
    } catch (BadRecordException e) {
      return reject(record, ViewPreprocessor.rejected(e));
    }
  }

  private EncodedResult reject(ConsumerRecord<byte[], byte[]> record, Rejected rejected) {
    return new EncodedResult(
        deadLetters.create(
            RecordCoordinates.of(record),
            record.key(),
            record.value(),
            record.headers(),
            STAGE,
            new BadRecordException(rejected.reason().tag(), rejected.message())),
        new CommittedCount.Rejected(rejected.reason()));
  }

  private static Optional<GroundTruth.Evaluation> evaluation(Label label, float[] logits) {
    if (label == null) {
      return Optional.empty();
    }
    Integer secondary = label.getSecondary();
    GroundTruth truth =
        secondary == null
            ? GroundTruth.of(label.getPrimary())
            : new GroundTruth(label.getPrimary(), secondary, label.getWeight());
    return truth.evaluate(logits);
  }
}
