package io.stillstream.containers;

import java.time.Duration;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Apache Kafka in a container, one node, with the limits of the embedded broker. While it is away
 * its processes are frozen: a container that is stopped and started gets another port.
 */
final class ContainerBroker implements RestartableServer {
  private static final String EIGHT_MEGABYTES = Integer.toString(8 * 1024 * 1024);

  /**
   * Testcontainers copies this script into the container, which waits for it. While the daemon has
   * it open, the shell answers 126, "Text file busy".
   */
  private static final String SCRIPT = "/tmp/testcontainers_start.sh";

  private static final String COMMAND =
      "while [ ! -f %1$s ]; do sleep 0.1; done; %1$s; code=$?;"
          + " while [ $code -eq 126 ]; do sleep 0.2; %1$s; code=$?; done; exit $code";

  private final KafkaContainer kafka;

  ContainerBroker(DockerImageName image) {
    kafka =
        new KafkaContainer(image)
            .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .withEnv("KAFKA_MESSAGE_MAX_BYTES", EIGHT_MEGABYTES)
            .withEnv("KAFKA_REPLICA_FETCH_MAX_BYTES", EIGHT_MEGABYTES)
            // Fifty partitions each would be made at the first commit, one after the other.
            .withEnv("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "1")
            .withEnv("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "1")
            .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
            .withEnv("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000")
            .withEnv("KAFKA_TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS", "1000")
            .withCommand("sh", "-c", COMMAND.formatted(SCRIPT))
            .withStartupTimeout(Duration.ofMinutes(3));
    kafka.start();
  }

  @Override
  public String address() {
    return kafka.getBootstrapServers();
  }

  @Override
  public void stop() {
    kafka.getDockerClient().pauseContainerCmd(kafka.getContainerId()).exec();
  }

  @Override
  public void start() {
    kafka.getDockerClient().unpauseContainerCmd(kafka.getContainerId()).exec();
  }

  @Override
  public void close() {
    kafka.close();
  }
}
