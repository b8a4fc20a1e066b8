package io.stillstream.trainer.input;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.trainer.label.ImageTruth;
import io.stillstream.trainer.label.TruthValidator;
import io.stillstream.trainer.training.decode.DecodePool;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Converts records of labels to truths; a bad record becomes a dead letter. */
public final class LabelConverter {
  private final RecordValueDeserializer<ImageLabel> reader;
  private final TruthValidator validator;
  private final DecodePool pool;
  private final UnexpectedFailurePolicy failures;
  private final UnusedRecords unused;

  public LabelConverter(
      RecordValueDeserializer<ImageLabel> reader,
      TruthValidator validator,
      DecodePool pool,
      UnexpectedFailurePolicy failures,
      UnusedRecords unused) {
    this.reader = reader;
    this.validator = validator;
    this.pool = pool;
    this.failures = failures;
    this.unused = unused;
  }

  /** Has a record read, checked and decoded ahead. */
  public PendingLabel begin(ConsumerRecord<byte[], byte[]> record) {
    return new PendingLabel(record, pool, reader, validator);
  }

  /**
   * Converts the record whose turn it is, and applies its truth; a tombstone has none. A record
   * whose truth cannot be applied becomes a dead letter, too.
   *
   * @param apply may be called again with the same truth, if it fails
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the registry is away:
   *     try the same record again later
   */
  public void convert(PendingLabel pending, Consumer<ImageTruth> apply) {
    ConsumerRecord<byte[], byte[]> record = pending.record();
    try {
      failures.run(
          RecordCoordinates.of(record),
          () -> {
            Optional<ImageTruth> truth = pending.take();
            truth.ifPresent(apply);
            return truth;
          });
      failures.succeeded();
    } catch (BadRecordException e) {
      unused.reject(record, pending.stage(), e);
    }
  }
}
