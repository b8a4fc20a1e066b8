package io.stillstream.trainer.kafka;

import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks brokers whether partitions that hold back the records of others have been read to their end.
 * For one thread.
 */
final class PartitionEnds {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionEnds.class);

  /** Brokers are not asked more often. */
  private static final long INTERVAL_MILLIS = 100;

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final PartitionMerger merger;
  private long askedMillis;

  PartitionEnds(Consumer<byte[], byte[]> consumer, PartitionMerger merger, long nowMillis) {
    this.consumer = consumer;
    this.merger = merger;
    this.askedMillis = nowMillis - INTERVAL_MILLIS;
  }

  /** Informs the merger of ends that are reached; whether there is any. */
  boolean update(long nowMillis) {
    Set<TopicPartition> overdue = merger.overdue(nowMillis);
    if (overdue.isEmpty() || nowMillis - askedMillis < INTERVAL_MILLIS) {
      return false;
    }
    askedMillis = nowMillis;
    boolean reached = false;
    try {
      for (var end : consumer.endOffsets(overdue, TIMEOUT).entrySet()) {
        if (consumer.position(end.getKey(), TIMEOUT) >= end.getValue()) {
          merger.atEnd(end.getKey(), nowMillis);
          reached = true;
        }
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      // Not thrown: records that have been taken from the merger would be lost. A lasting failure
      // shows in the next poll.
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Ends of partitions are not known");
    }
    return reached;
  }
}
