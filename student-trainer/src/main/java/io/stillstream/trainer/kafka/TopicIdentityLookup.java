package io.stillstream.trainer.kafka;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Asks brokers which topic it is that has a name now. The right to read a topic includes this one.
 */
public final class TopicIdentityLookup implements AutoCloseable {
  private final Admin admin;
  private final String topic;

  TopicIdentityLookup(Admin admin, String topic) {
    this.admin = admin;
    this.topic = topic;
  }

  /**
   * Asks.
   *
   * @throws KafkaException if there is no answer in time, no such topic, or no right to ask
   */
  public TopicIdentity ask(Duration patience) {
    int millis = Math.toIntExact(patience.toMillis());
    KafkaFuture<String> cluster =
        admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis)).clusterId();
    Uuid id =
        answer(
                admin
                    .describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(millis))
                    .topicNameValues()
                    .get(topic))
            .topicId();
    return new TopicIdentity(
        answer(cluster), id == null || id.equals(Uuid.ZERO_UUID) ? null : id.toString());
  }

  private static <T> T answer(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException cause) {
        throw cause;
      }
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
