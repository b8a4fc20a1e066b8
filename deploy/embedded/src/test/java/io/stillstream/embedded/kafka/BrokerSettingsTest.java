package io.stillstream.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import kafka.server.KafkaConfig;
import org.apache.kafka.coordinator.transaction.AddPartitionsToTxnConfig;
import org.junit.jupiter.api.Test;

final class BrokerSettingsTest {
  private static final Duration BUSY = Duration.ofSeconds(2);

  private final KafkaConfig settings =
      KafkaConfig.fromProps(BrokerSettings.of(Path.of("kafka"), 9092, 9093), false);

  @Test
  void shouldGiveABusyControllerTimeForAHeartbeat() {
    // when: as the controller's ControllerApis computes it
    long deadline = settings.brokerHeartbeatIntervalMs() / 2;

    // then
    assertThat(deadline).isGreaterThanOrEqualTo(BUSY.toMillis());
  }

  @Test
  void shouldRefuseNoBatchWhileTheTransactionBeforeIsBeingCompleted() {
    // when
    int patience =
        settings.getInt(AddPartitionsToTxnConfig.ADD_PARTITIONS_TO_TXN_RETRY_BACKOFF_MAX_MS_CONFIG);

    // then: and less than a client waits for an answer
    assertThat(patience).isBetween((int) BUSY.toMillis(), settings.requestTimeoutMs() - 1);
  }
}
