package io.stillstream.trainer.input;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A polled record that is read, checked and decoded ahead, and that waits for its turn. */
public sealed interface PendingRecord permits PendingView, PendingLabel {
  ConsumerRecord<byte[], byte[]> record();

  /** Whether it has been decoded, or that has failed. */
  boolean isDone();
}
