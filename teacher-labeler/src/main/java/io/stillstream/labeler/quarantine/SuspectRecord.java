package io.stillstream.labeler.quarantine;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The coordinates of a suspected record; the timestamp tells it from another one at the same offset
 * of a topic that has been created again.
 */
record SuspectRecord(String topic, int partition, long offset, long timestamp) {
  static SuspectRecord of(ConsumerRecord<?, ?> record) {
    return new SuspectRecord(
        record.topic(), record.partition(), record.offset(), record.timestamp());
  }

  /** Parses what {@link #write} wrote; empty if it is something else. */
  static Optional<SuspectRecord> read(String... fields) {
    try {
      return Optional.of(
          new SuspectRecord(
              fields[0],
              Integer.parseInt(fields[1]),
              Long.parseLong(fields[2]),
              Long.parseLong(fields[3])));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  void write(StringBuilder text) {
    text.append(topic).append(' ').append(partition).append(' ');
    text.append(offset).append(' ').append(timestamp);
  }

  boolean isBefore(ConsumerRecord<?, ?> record) {
    return partition == record.partition()
        && offset < record.offset()
        && topic.equals(record.topic());
  }
}
