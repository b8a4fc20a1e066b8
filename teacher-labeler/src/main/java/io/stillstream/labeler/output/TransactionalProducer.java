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
 * The transactional producer, and another one when it has been fenced. A send that fails shows in
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

  /** Whether there is a producer that transactions can be entrusted to. */
  boolean isReady() {
    return producer != null;
  }

  /**
   * Takes back what has not been committed. A producer that cannot abort any more (fenced, its
   * epoch gone, a commit of unknown fate) is dropped; {@link #open} then makes another.
   *
   * @return whether the producer lives on
   */
  boolean abort() {
    if (producer != null && begun) {
      try {
        producer.abortTransaction();
      } catch (KafkaException | IllegalStateException e) {
        drop();
      }
    }
    begun = false;
    return producer != null;
  }

  /**
   * Makes a producer if there is none. Its start waits until the coordinator has finished or
   * aborted what its predecessor under the same transactional id left behind, so that committed
   * offsets tell the truth from then on.
   *
   * @throws KafkaException if the coordinator does not answer; to be tried again
   */
  void open() {
    if (producer != null) {
      return;
    }
    producer = producers.get();
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      drop();
      throw e;
    }
  }

  @Override
  public void close() {
    if (producer != null) {
      abort();
      drop();
    }
  }

  private void drop() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }
}
