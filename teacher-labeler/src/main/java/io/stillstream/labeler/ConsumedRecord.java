package io.stillstream.labeler;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A record as it was polled, and the tenure of its partition at that time. */
record ConsumedRecord(ConsumerRecord<byte[], byte[]> record, long tenure) {
  TopicPartition partition() {
    return new TopicPartition(record.topic(), record.partition());
  }
}
