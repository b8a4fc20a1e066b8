package io.stillstream.teacher;

import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.DeadLetterFactory;
import io.stillstream.runtime.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.Teacher;
import io.stillstream.teacher.Outcome.Settlement;
import io.stillstream.teacher.labels.Answer.Labeled;
import io.stillstream.teacher.labels.Answer.Refused;
import io.stillstream.teacher.labels.Truth;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Turns answers into records: labelled views, or dead letters. */
final class Outcomes {
  private static final String STAGE = "label";

  private final LabelWriter writer;
  private final DeadLetterFactory deadLetters;

  Outcomes(LabelWriter writer, DeadLetterFactory deadLetters) {
    this.writer = writer;
    this.deadLetters = deadLetters;
  }

  /** See {@link LabelWriter#prepare}. */
  void prepare() {
    writer.prepare();
  }

  /**
   * The outcome for an entry whose answer is known.
   *
   * @param teachers whom the label names
   * @throws io.stillstream.schemas.wire.RegistryUnavailableException if it cannot be written now
   */
  Outcome of(Entry entry, List<Teacher> teachers) {
    ConsumerRecord<byte[], byte[]> record = entry.record();
    if (entry.answer() instanceof Refused refused) {
      return refuse(record, refused);
    }
    AugmentedView view = entry.view();
    try {
      if (entry.answer() instanceof Labeled labeled) {
        float[] logits = labeled.logits();
        return new Outcome(
            writer.write(record, view, teachers, logits),
            new Settlement.Labeled(view.getCapturedAt(), check(view.getLabel(), logits)));
      }
      return new Outcome(
          writer.write(record, view, List.of(), null),
          new Settlement.PassedOver(view.getCapturedAt()));
    } catch (BadRecordException e) {
      return refuse(record, Triage.refused(e));
    }
  }

  private Outcome refuse(ConsumerRecord<byte[], byte[]> record, Refused answer) {
    return new Outcome(
        deadLetters.letter(
            RecordCoordinates.of(record),
            record.key(),
            record.value(),
            record.headers(),
            STAGE,
            new BadRecordException(answer.reason().tag(), answer.message())),
        new Settlement.Refused(answer.reason()));
  }

  private static Optional<Truth.Check> check(Label label, float[] logits) {
    if (label == null) {
      return Optional.empty();
    }
    Integer secondary = label.getSecondary();
    Truth truth =
        secondary == null
            ? Truth.of(label.getPrimary())
            : new Truth(label.getPrimary(), secondary, label.getWeight());
    return truth.check(logits);
  }
}
