package io.stillstream.trainer.input;

import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A view that waits for its turn. Belongs to the loop's thread. */
public final class PendingView implements PendingRecord {
  private final ConsumerRecord<byte[], byte[]> record;
  private final ViewRecordReader reader;
  private final LabeledViewValidator validator;
  private final RecordTask<DecodedRecord> task;
  private volatile String stage;

  /**
   * A record that could be read.
   *
   * @param view as {@link LabeledViewValidator#decode} gave it
   */
  record DecodedRecord(LabeledView labelled, TrainingExample view) {}

  PendingView(
      ConsumerRecord<byte[], byte[]> record,
      DecodePool pool,
      ViewRecordReader reader,
      LabeledViewValidator validator) {
    this.record = record;
    this.reader = reader;
    this.validator = validator;
    this.task = new RecordTask<>(pool, this::read);
  }

  @Override
  public ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  private DecodedRecord read() {
    stage = "deserialize";
    LabeledView labelled = reader.read(record);
    stage = "examine";
    return new DecodedRecord(labelled, validator.decode(labelled));
  }

  /** What it does, or what has failed; for a dead letter. */
  String stage() {
    return stage;
  }

  /**
   * The view that it probably is, if it has been decoded by now; empty also if it has not the shape
   * of a view, or says nothing. Labels that come before its turn may still change it.
   */
  public Optional<TrainingExample> decoded() {
    return task.peek().map(DecodedRecord::view).filter(validator::hasTrainingSignal);
  }

  @Override
  public boolean isDone() {
    return task.isDone();
  }

  /** The record, see {@link RecordTask#take}. */
  DecodedRecord take() {
    return task.take();
  }
}
