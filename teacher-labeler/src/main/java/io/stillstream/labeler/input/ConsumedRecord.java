package io.stillstream.labeler.input;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A record as it was polled, and the tenure of its partition at that time. */
public record ConsumedRecord(ConsumerRecord<byte[], byte[]> record, long epoch) {
  TopicPartition partition() {
    return new TopicPartition(record.topic(), record.partition());
  }
}
