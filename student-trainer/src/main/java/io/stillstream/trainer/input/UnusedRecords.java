package io.stillstream.trainer.input;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.TrainerMetrics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of records that nothing is learned from. Belongs to the loop's thread. */
public final class UnusedRecords {
  private static final Logger LOG = LoggerFactory.getLogger(UnusedRecords.class);

  private final DeadLetterProducer deadLetters;
  private final TrainerMetrics metrics;

  public UnusedRecords(DeadLetterProducer deadLetters, TrainerMetrics metrics) {
    this.deadLetters = deadLetters;
    this.metrics = metrics;
  }

  /** Sends a bad record to dead letters. */
  void reject(ConsumerRecord<byte[], byte[]> record, String stage, BadRecordException e) {
    LOG.atWarn()
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .addKeyValue("reason", e.reason())
        .addKeyValue("cause", e.getMessage())
        .log("Record goes to dead letters");
    // Counted after sending: if that fails, the same record comes again.
    deadLetters.deadLetter(record, stage, e);
    metrics.rejected(e.reason());
  }

  /** Counts a view that says nothing. */
  void skip() {
    metrics.skipped();
  }
}
