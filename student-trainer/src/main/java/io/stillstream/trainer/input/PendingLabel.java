package io.stillstream.trainer.input;

import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.trainer.label.ImageTruth;
import io.stillstream.trainer.label.TruthValidator;
import io.stillstream.trainer.training.decode.DecodePool;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A label that waits for its turn. Belongs to the loop's thread. */
public final class PendingLabel implements PendingRecord {
  private final ConsumerRecord<byte[], byte[]> record;
  private final RecordValueDeserializer<ImageLabel> reader;
  private final TruthValidator validator;
  private final RecordTask<Optional<ImageTruth>> task;
  private volatile String stage;

  PendingLabel(
      ConsumerRecord<byte[], byte[]> record,
      DecodePool pool,
      RecordValueDeserializer<ImageLabel> reader,
      TruthValidator validator) {
    this.record = record;
    this.reader = reader;
    this.validator = validator;
    this.task = new RecordTask<>(pool, this::read);
  }

  @Override
  public ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  private Optional<ImageTruth> read() {
    if (record.value() == null) {
      // A tombstone. What the trainer has learned, it does not unlearn.
      return Optional.empty();
    }
    stage = "deserialize";
    ImageLabel label = reader.deserialize(record.topic(), record.headers(), record.value());
    stage = "examine";
    return Optional.of(validator.validate(label));
  }

  /** What it does, or what has failed; for a dead letter. */
  String stage() {
    return stage;
  }

  @Override
  public boolean isDone() {
    return task.isDone();
  }

  /** The truth, empty for a tombstone; see {@link RecordTask#take}. */
  Optional<ImageTruth> take() {
    return task.take();
  }
}
