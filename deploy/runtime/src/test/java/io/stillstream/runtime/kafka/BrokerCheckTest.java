package io.stillstream.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class BrokerCheckTest {
  private static final Duration SHORT = Duration.ofMillis(700);

  @Test
  void shouldSayThatNobodyListens() throws Exception {
    // given
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> kafka = Map.of("bootstrap.servers", "localhost:" + port);

    // then
    assertThatThrownBy(() -> KafkaSettings.requireBroker(kafka, SHORT))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(
            "kafka.bootstrap.servers: no broker answered at localhost:" + port + " within 700ms (");
    assertThatThrownBy(() -> KafkaSettings.requireTopics(kafka, List.of("images"), SHORT))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("no broker answered");
  }

  @Test
  void shouldSayThatAHostIsUnknown() {
    assertThatThrownBy(
            () ->
                KafkaSettings.requireBroker(
                    Map.of("bootstrap.servers", "nobody.invalid:9092"), SHORT))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "kafka.bootstrap.servers: no broker answered at nobody.invalid:9092 within 700ms"
                + " (unknown host nobody.invalid)");
  }

  @Test
  void shouldSayThatWhoListensIsNoBroker() throws Exception {
    // given
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();

      // then
      assertThatThrownBy(
              () -> KafkaSettings.requireBroker(Map.of("bootstrap.servers", address), SHORT))
          .isInstanceOf(StartupException.class)
          .hasMessageStartingWith(
              "kafka.bootstrap.servers: no broker answered at " + address + " within 700ms (")
          .hasMessageContaining(
              "kafka.security.protocol PLAINTEXT; it may be busy or still starting");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:99999", "://:::"})
  void shouldRefuseWhatIsNoAddress(String servers) {
    assertThatThrownBy(
            () -> KafkaSettings.requireBroker(Map.of("bootstrap.servers", servers), SHORT))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.bootstrap.servers: must be host:port");
  }

  @Test
  void shouldRequireAnAddress() {
    assertThatThrownBy(() -> KafkaSettings.requireBroker(Map.of(), SHORT))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.bootstrap.servers");
  }
}
