package io.stillstream.augmenter;

import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time of a record: its timestamp. Clients other than Java's may send −1, for none; then it is
 * the latest time seen in the partition, or now where there is none. Never negative. Kafka Streams'
 * own extractors die of such a record, or drop it.
 */
final class RecordTime implements TimestampExtractor {
  private final Clock clock;

  RecordTime(Clock clock) {
    this.clock = clock;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    if (record.timestamp() >= 0) {
      return record.timestamp();
    }
    return partitionTime >= 0 ? partitionTime : clock.millis();
  }
}
