package io.stillstream.labeler.input;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A record as it was polled.
 *
 * @param epoch of its partition when it was polled; see {@link PartitionEpochs}
 * @param receivedAt in nanoseconds of the batcher's clock
 */
public record ConsumedRecord(ConsumerRecord<byte[], byte[]> record, long epoch, long receivedAt) {
  TopicPartition partition() {
    return new TopicPartition(record.topic(), record.partition());
  }
}
