package io.stillstream.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.startup.StartupWait;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BrokerCheckWaitTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Map<String, String> ABSENT = Map.of("bootstrap.servers", "localhost:1");

  private final StartupWait wait = StartupWait.of(LONG);

  @Test
  void shouldSayWhatItWaitsForUntilItIsCancelled() {
    // given
    CompletableFuture<Void> start =
        CompletableFuture.runAsync(() -> BrokerCheck.requireBroker(ABSENT, wait));
    // when
    await().until(() -> !wait.addTo(Health.of()).ready());
    // then
    assertThat(wait.addTo(Health.of()).live()).isTrue();
    assertThat(wait.addTo(Health.of()).checks().get(0).detail())
        .startsWith("waits: kafka.bootstrap.servers: no broker answers at localhost:1 (");
    // when
    wait.cancel();
    // then
    assertStopped(start);
  }

  @Test
  void shouldBeCancelledWhileABrokerHangs() throws Exception {
    // given
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String server = "127.0.0.1:" + silent.getLocalPort();
      CompletableFuture<Void> start =
          CompletableFuture.runAsync(
              () -> BrokerCheck.requireBroker(Map.of("bootstrap.servers", server), wait));
      await().until(() -> !wait.addTo(Health.of()).ready());
      assertThat(wait.addTo(Health.of()).checks().get(0).detail())
          .contains(server)
          .contains("accepts connections");
      // when
      wait.cancel();
      // then
      assertStopped(start);
    }
  }

  @Test
  void shouldNotWaitForWhatIsNoAddress() {
    assertThatThrownBy(
            () -> BrokerCheck.requireBroker(Map.of("bootstrap.servers", "localhost"), wait))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("kafka.bootstrap.servers: must be host:port");
  }

  @Test
  void shouldNotBeginWhenItIsCancelled() {
    // given
    wait.cancel();
    // then
    assertThatThrownBy(() -> BrokerCheck.requireBroker(ABSENT, wait))
        .isInstanceOf(StartupException.class)
        .hasMessage(StartupWait.STOPPED);
  }

  private static void assertStopped(CompletableFuture<Void> start) {
    assertThatThrownBy(() -> start.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(StartupException.class)
        .hasMessage(StartupWait.STOPPED);
  }
}
