package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.health.Health;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EventStreamTest {
  private static final int QUEUE = 4;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ManagementServer management =
      ManagementServer.start(
          new ManagementSettings("127.0.0.1", 0), registry, Health::of, Map.of("name", "sample"));
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final EventStream feed = feed("/a/feed", Duration.ofMinutes(10));

  private EventStream feed(String path, Duration silence) {
    return new EventStream(path, 2, this::welcome, QUEUE, silence);
  }

  private Optional<List<byte[]>> welcome() {
    return open.get() ? Optional.of(List.of(EventStream.event("hello", "{}"))) : Optional.empty();
  }

  @BeforeEach
  void serve() {
    management.add(new WebContent(List.of(), List.of(feed)));
  }

  @AfterEach
  void close() {
    feed.close();
    management.close();
    registry.close();
  }

  @Test
  void shouldGreetAndThenTellWhatIsPublished() throws Exception {
    // given
    HttpResponse<Stream<String>> response = listen();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/event-stream; charset=utf-8");

    // when
    feed.publish(EventStream.event("tick", "{\"a\":\"ä\"}"));
    feed.close();

    // then: to the end, and not one more
    assertThat(response.body())
        .containsExactly("event: hello", "data: {}", "", "event: tick", "data: {\"a\":\"ä\"}", "");
  }

  @Test
  void shouldSendCommentsWhileThereIsNothingElse() throws Exception {
    // given
    try (EventStream silent = feed("/a/silent", Duration.ofMillis(50))) {
      management.add(new WebContent(List.of(), List.of(silent)));

      // when
      HttpResponse<Stream<String>> response =
          client.send(request("GET", "/a/silent"), BodyHandlers.ofLines());

      // then
      try (Stream<String> lines = response.body()) {
        assertThat(lines.limit(7))
            .containsExactly("event: hello", "data: {}", "", ":", "", ":", "");
      }
    }
  }

  @Test
  void shouldServeOthersWhileReadersStay() throws Exception {
    // given
    try (Stream<String> first = listen().body();
        Stream<String> second = listen().body()) {
      assertThat(feed.subscribers()).isEqualTo(2);

      // then
      assertThat(status("GET", "/health/live")).isEqualTo(200);
      assertThat(status("GET", "/a/feed")).isEqualTo(503);
      assertThat(status("HEAD", "/a/feed")).isEqualTo(200);
      assertThat(status("POST", "/a/feed")).isEqualTo(405);
      feed.close();
      assertThat(first.filter(line -> line.startsWith("event"))).containsExactly("event: hello");
      assertThat(second.filter(line -> line.startsWith("event"))).containsExactly("event: hello");
    }
    assertThat(status("GET", "/a/feed")).isEqualTo(503);
  }

  @Test
  void shouldRefuseReadersUntilThereIsSomethingToRead() throws Exception {
    // given
    open.set(false);

    // then
    assertThat(status("GET", "/a/feed")).isEqualTo(503);
    open.set(true);
    listen().body().close();
  }

  @Test
  void shouldForgetReadersThatHaveGone() throws Exception {
    // given
    try (Socket reader = connect()) {
      awaitReaders(1);
      reader.setSoLinger(true, 0);
    }

    // when
    await()
        .until(
            () -> {
              feed.publish(EventStream.event("tick", "{}"));
              return feed.subscribers() == 0;
            });

    // then
    assertThat(feed.subscribers()).isZero();
  }

  @Test
  void shouldDropAReaderThatIsTooSlowAndNobodyElse() throws Exception {
    // given: one that never reads, and one that does
    byte[] large = EventStream.event("large", "\"" + "x".repeat(1 << 20) + "\"");
    try (Socket slow = connect();
        Socket quick = connect()) {
      awaitReaders(2);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(quick.getInputStream(), UTF_8));

      // when: more than all buffers of the network hold
      int published = 0;
      while (feed.subscribers() == 2) {
        assertThat(published++).as("events, 1 MiB each").isLessThan(200);
        feed.publish(large);
        awaitLine(lines, "event: large");
      }

      // then
      assertThat(feed.subscribers()).isEqualTo(1);
      feed.publish(EventStream.event("last", "{}"));
      awaitLine(lines, "event: last");
      assertThat(slow.isConnected()).isTrue();
    }
  }

  private static void awaitLine(BufferedReader lines, String wanted) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.equals(wanted)) {
      line = lines.readLine();
    }
    assertThat(line).isEqualTo(wanted);
  }

  private void awaitReaders(int count) {
    await().until(() -> feed.subscribers() == count);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1 << 12);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), management.port()));
    socket
        .getOutputStream()
        .write("GET /a/feed HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
    return socket;
  }

  private HttpResponse<Stream<String>> listen() throws Exception {
    return client.send(request("GET", "/a/feed"), BodyHandlers.ofLines());
  }

  private int status(String method, String path) throws Exception {
    return client.send(request(method, path), BodyHandlers.discarding()).statusCode();
  }

  private HttpRequest request(String method, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management.port() + path))
        .method(method, HttpRequest.BodyPublishers.noBody())
        .build();
  }
}
