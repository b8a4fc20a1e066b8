package io.stillstream.labeler.output;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The transactional producer; a new one replaces it when it has been fenced. A failed send shows in
 * the commit, which then throws. Belongs to one thread.
 */
public final class TransactionalProducer implements AutoCloseable {
  private final Supplier<Producer<byte[], byte[]>> producers;
  private Producer<byte[], byte[]> producer;
  private boolean begun;

  public TransactionalProducer(Supplier<Producer<byte[], byte[]>> producers) {
    this.producers = producers;
  }

  /** Sends within the transaction, which the first record begins. */
  void send(ProducerRecord<byte[], byte[]> record) {
    if (!begun) {
      producer.beginTransaction();
      begun = true;
    }
    // The future is not needed: a transaction with a failed send does not commit.
    var unused = producer.send(record);
  }

  void commit(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    producer.sendOffsetsToTransaction(offsets, group);
    producer.commitTransaction();
    begun = false;
  }

  /** Whether there is a producer. */
  boolean isReady() {
    return producer != null;
  }

  /**
   * Aborts the transaction. A producer that cannot abort (fenced, its epoch lost, a commit of
   * unknown outcome) is closed; {@link #open} then makes another.
   *
   * @return whether the producer is kept
   */
  boolean abort() {
    if (producer != null && begun) {
      try {
        producer.abortTransaction();
      } catch (KafkaException | IllegalStateException e) {
        closeProducer();
      }
    }
    begun = false;
    return producer != null;
  }

  /**
   * Makes a producer if there is none. It waits until the coordinator has finished or aborted the
   * last transaction of the same transactional id, so that committed offsets are final from then
   * on.
   *
   * @throws KafkaException if the coordinator does not answer; may be repeated
   */
  void open() {
    if (producer != null) {
      return;
    }
    producer = producers.get();
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      closeProducer();
      throw e;
    }
  }

  @Override
  public void close() {
    if (producer != null) {
      abort();
      closeProducer();
    }
  }

  private void closeProducer() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }
}
