package io.stillstream.trainer.input;

import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.decode.DecodePriority;
import io.stillstream.trainer.training.decode.DecodeTask;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A polled record that is read, checked and decoded ahead, and that waits for its turn. Belongs to
 * the loop's thread.
 */
public final class PendingRecord {
  private final ConsumerRecord<byte[], byte[]> record;
  private final DecodePool pool;
  private final ViewRecordReader reader;
  private final LabeledViewValidator validator;
  private volatile String stage;
  private DecodeTask<DecodedRecord> task;

  /**
   * A record that could be read.
   *
   * @param view as {@link LabeledViewValidator#decode} gave it
   */
  record DecodedRecord(LabeledView labelled, TrainingExample view) {}

  PendingRecord(
      ConsumerRecord<byte[], byte[]> record,
      DecodePool pool,
      ViewRecordReader reader,
      LabeledViewValidator validator) {
    this.record = record;
    this.pool = pool;
    this.reader = reader;
    this.validator = validator;
    this.task = pool.submit(DecodePriority.RECORD, this::read);
  }

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
   * of a view, or says nothing.
   */
  public Optional<TrainingExample> decoded() {
    if (!task.isDone()) {
      return Optional.empty();
    }
    try {
      return Optional.of(task.join().view()).filter(validator::hasTrainingSignal);
    } catch (RuntimeException | Error e) {
      // It is thrown again when it is the record's turn.
      return Optional.empty();
    }
  }

  /** Whether it has been decoded, or that has failed. */
  public boolean isDone() {
    return task.isDone();
  }

  /**
   * The record, waiting for it if need be. After a failure the next call tries anew. A registry
   * that was away a while ago is asked again at once.
   *
   * @throws RuntimeException or Error, why it cannot be read
   */
  DecodedRecord take() {
    boolean old = task.isDone();
    try {
      return task.join();
    } catch (RegistryUnavailableException e) {
      task = pool.later(this::read);
      if (!old) {
        throw e;
      }
      return take();
    } catch (RuntimeException | Error e) {
      task = pool.later(this::read);
      throw e;
    }
  }
}
