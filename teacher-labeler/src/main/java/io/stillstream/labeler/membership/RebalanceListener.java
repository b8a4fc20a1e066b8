package io.stillstream.labeler.membership;

import io.stillstream.labeler.input.BatchingConsumer;
import io.stillstream.labeler.output.CommitController;
import java.util.Collection;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Commits the open transaction before partitions are revoked, aborts it when they have been lost,
 * and then drops what is held of them. Kafka calls it within a poll, on the loop's thread.
 */
final class RebalanceListener implements ConsumerRebalanceListener {
  private final BatchingConsumer consumer;
  private final CommitController commits;
  private KafkaException failure;

  RebalanceListener(BatchingConsumer consumer, CommitController commits) {
    this.consumer = consumer;
    this.commits = commits;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    consumer.assigned(partitions);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    try {
      commits.commit(consumer.group());
    } catch (KafkaException e) {
      // It must not end the rebalance; it is thrown after the poll.
      failure = e;
    }
    consumer.revoked(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    commits.abortLost();
    consumer.revoked(partitions);
  }

  /** Throws the failure of the last commit before a revocation, once. */
  void throwFailure() {
    KafkaException thrown = failure;
    failure = null;
    if (thrown != null) {
      throw thrown;
    }
  }
}
