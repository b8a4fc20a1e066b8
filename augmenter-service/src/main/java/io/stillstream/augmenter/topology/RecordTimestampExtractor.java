package io.stillstream.augmenter.topology;

import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time of a record: its timestamp. Clients other than Java's may send −1, for none; then it is
 * the latest time seen in the partition, or now where there is none. Never negative. Kafka Streams'
 * own extractors die of such a record, or drop it. What lies far in the future is now: views have
 * the time of their image, and brokers refuse a record that is an hour ahead of them.
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
