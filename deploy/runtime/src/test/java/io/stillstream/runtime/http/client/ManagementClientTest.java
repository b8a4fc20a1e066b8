package io.stillstream.runtime.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said when there is no answer. */
class ManagementClientTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void shouldSayThatNothingListens() throws Exception {
    // given
    int port;
    try (ServerSocket closed = listen()) {
      port = closed.getLocalPort();
    }

    // then
    assertThat(failure("127.0.0.1:" + port, LONG))
        .isEqualTo(
            "http://127.0.0.1:%d gives no answer: connection refused; does the service run?"
                .formatted(port));
  }

  @Test
  void shouldSayThatTheAnswerTakesTooLong() throws Exception {
    // given
    try (ServerSocket silent = listen()) {
      // then
      assertThat(failure("127.0.0.1:" + silent.getLocalPort(), Duration.ofSeconds(3)))
          .endsWith(" gives no answer: it took too long; is the service busy, or still starting?");
    }
  }

  @Test
  void shouldSayThatTheHostIsUnknown() {
    assertThat(failure("nobody.invalid:9404", LONG))
        .isEqualTo("http://nobody.invalid:9404 gives no answer: the host is unknown");
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static String failure(String address, Duration limit) {
    ManagementClient client =
        new ManagementClient(
            new ManagementAddress(
                URI.create("http://" + address),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            "cacert");
    return catchThrowableOfType(
            IOException.class,
            () -> client.send(client.request("/", limit), BodyHandlers.ofByteArray()))
        .getMessage();
  }
}
