package io.stillstream.teacher;

import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.Coordinates;
import io.stillstream.runtime.DeadLetters;
import io.stillstream.schemas.Label;
import io.stillstream.teacher.Outcome.Settlement;
import io.stillstream.teacher.ViewDecoder.Decoded;
import io.stillstream.teacher.labels.Answer;
import io.stillstream.teacher.labels.Answer.Labeled;
import io.stillstream.teacher.labels.Answer.Reason;
import io.stillstream.teacher.labels.Answer.Refused;
import io.stillstream.teacher.labels.Examiner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One batch from records to records: decode, ask the teacher, encode. */
final class ViewLabeling implements Labeling {
  private static final String STAGE = "label";

  private final ViewDecoder decoder;
  private final Examiner examiner;
  private final LabelWriter writer;
  private final DeadLetters deadLetters;

  ViewLabeling(
      ViewDecoder decoder, Examiner examiner, LabelWriter writer, DeadLetters deadLetters) {
    this.decoder = decoder;
    this.examiner = examiner;
    this.writer = writer;
    this.deadLetters = deadLetters;
  }

  @Override
  public List<Outcome> label(List<ConsumerRecord<byte[], byte[]>> records) {
    List<Entry> entries = records.stream().map(this::decode).toList();
    List<byte[]> pixels =
        entries.stream().flatMap(entry -> entry.decoded().stream()).map(Decoded::pixels).toList();
    Iterator<Answer> answers = examiner.examine(pixels).iterator();
    List<Outcome> outcomes = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      outcomes.add(
          entry.decoded().isEmpty()
              ? refuse(entry.record(), entry.refusal())
              : settle(entry.record(), entry.decoded().get(), answers.next()));
    }
    return outcomes;
  }

  @Override
  public void prepare() {
    writer.prepare();
  }

  private Entry decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return new Entry(record, Optional.of(decoder.decode(record)), null);
    } catch (BadRecordException e) {
      return new Entry(record, Optional.empty(), e);
    }
  }

  private Outcome settle(ConsumerRecord<byte[], byte[]> record, Decoded decoded, Answer answer) {
    if (answer instanceof Refused refused) {
      return refuse(record, new BadRecordException(refused.reason().tag(), refused.message()));
    }
    float[] logits = ((Labeled) answer).logits();
    try {
      return new Outcome(
          writer.write(record, decoded.view(), logits),
          new Settlement(
              Optional.empty(),
              decoded.view().getCapturedAt(),
              correct(decoded.view().getLabel(), logits)));
    } catch (BadRecordException e) {
      return refuse(record, e);
    }
  }

  private Outcome refuse(ConsumerRecord<byte[], byte[]> record, BadRecordException cause) {
    Reason reason =
        Arrays.stream(Reason.values())
            .filter(known -> known.tag().equals(cause.reason()))
            .findFirst()
            .orElse(Reason.MALFORMED);
    return new Outcome(
        deadLetters.letter(
            Coordinates.of(record), record.key(), record.value(), record.headers(), STAGE, cause),
        new Settlement(Optional.of(reason), null, Optional.empty()));
  }

  /** Mixed views have no one true class. */
  private static Optional<Boolean> correct(Label label, float[] logits) {
    if (label == null || label.getSecondary() != null) {
      return Optional.empty();
    }
    int top = 0;
    for (int k = 1; k < logits.length; k++) {
      top = logits[k] > logits[top] ? k : top;
    }
    return Optional.of(top == label.getPrimary());
  }

  private record Entry(
      ConsumerRecord<byte[], byte[]> record,
      Optional<Decoded> decoded,
      BadRecordException refusal) {}
}
