package io.stillstream.augmenter.topology;

import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The timestamp of a record, never negative. Clients other than Java's may send −1, for none; then
 * it is the latest timestamp of the partition, or now if there is none. Kafka Streams' own
 * extractors fail on such a record, or drop it. A timestamp far in the future becomes now: views
 * have the timestamp of their image, and brokers reject a record that is an hour ahead of them.
 */
public final class RecordTimestampExtractor implements TimestampExtractor {
  private static final Duration AHEAD = Duration.ofMinutes(30);

  private final Clock clock;

  public RecordTimestampExtractor(Clock clock) {
    this.clock = clock;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    long now = clock.millis();
    long time = record.timestamp() >= 0 ? record.timestamp() : partitionTime;
    return time < 0 || time > now + AHEAD.toMillis() ? now : time;
  }
}
