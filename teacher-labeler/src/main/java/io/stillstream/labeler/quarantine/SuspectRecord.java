package io.stillstream.labeler.quarantine;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record by its coordinates; the timestamp tells it from another at the same place in a topic
 * that has been made anew.
 */
record SuspectRecord(String topic, int partition, long offset, long timestamp) {
  static SuspectRecord of(ConsumerRecord<?, ?> record) {
    return new SuspectRecord(
        record.topic(), record.partition(), record.offset(), record.timestamp());
  }

  /** Reads back what {@link #write} wrote; empty if that is not what it is. */
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
