package io.stillstream.runtime.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.http.HttpEndpoint.FileBody;
import io.stillstream.runtime.http.HttpEndpoint.Kind;
import io.stillstream.runtime.http.HttpEndpoint.Reply;
import io.stillstream.runtime.http.ManagementServer.ServerLimits;
import io.stillstream.runtime.http.RequestQueue.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FileDownloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration NEVER = Duration.ofMinutes(10);
  private static final String SHA256 = "ab".repeat(32);
  private static final int SIZE = 300_000;

  @TempDir Path directory;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Queue<FileChannel> opened = new ConcurrentLinkedQueue<>();
  private final List<Socket> sockets = new ArrayList<>();
  private byte[] content;
  private Path file;
  private ManagementServer management;

  @BeforeEach
  void start() throws IOException {
    content = new byte[SIZE];
    new Random(1).nextBytes(content);
    file = Files.write(directory.resolve("model.pt"), content);
    Limits usual = new Limits(2, 16, NEVER, NEVER, NEVER);
    // As long as another one waits, a client has no time at all for a piece.
    management =
        start(new ServerLimits(usual, usual, new Limits(1, 4, NEVER, Duration.ZERO, NEVER)));
  }

  private ManagementServer start(ServerLimits limits) {
    ManagementServer server =
        ManagementServer.start(
            new ManagementSettings("127.0.0.1", 0), registry, Health::of, Map.of(), limits);
    server.add(
        List.of(
            new HttpEndpoint(
                "GET",
                "/files/{name}/model.pt",
                0,
                Kind.DOWNLOAD,
                request ->
                    request.parameter("name").orElse("").equals("7")
                        ? Reply.ok(body())
                        : Reply.error(404, "there is no such file"))));
    return server;
  }

  private FileBody body() {
    try {
      FileChannel channel = FileChannel.open(file);
      opened.add(channel);
      return new FileBody("application/octet-stream", "model.pt", SHA256, channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    management.close();
    registry.close();
  }

  @Test
  void shouldSendAFileWithItsSizeAndItsHash() throws Exception {
    // when
    HttpResponse<byte[]> response = get("7");

    // then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(content);
    assertThat(response.headers().firstValue("ETag")).hasValue('"' + SHA256 + '"');
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
    assertThat(response.headers().firstValue("Content-Disposition"))
        .hasValue("attachment; filename=\"model.pt\"");
    assertAllClosed();
  }

  @Test
  void shouldSendAnEmptyFile() throws Exception {
    // given
    Files.write(file, new byte[0]);

    // then
    assertThat(get("7").body()).isEmpty();
    assertAllClosed();
  }

  @Test
  void shouldSendNoBodyToHead() throws Exception {
    // when
    HttpRequest head =
        HttpRequest.newBuilder(uri("7"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<byte[]> response = client.send(head, BodyHandlers.ofByteArray());

    // then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
    assertThat(response.body()).isEmpty();
    assertAllClosed();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-9, 0, 10",
    "bytes=100000-299999, 100000, 200000",
    "bytes=299990-, 299990, 10",
    "bytes=-5, 299995, 5",
    "bytes=5-999999, 5, 299995"
  })
  void shouldSendARange(String range, int first, int length) throws Exception {
    // when
    HttpResponse<byte[]> response = get("7", "Range", range);

    // then
    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(content, first, first + length));
    assertThat(response.headers().firstValue("Content-Range"))
        .hasValue("bytes " + first + "-" + (first + length - 1) + "/" + SIZE);
    assertAllClosed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=0-1,4-5",
        "bytes=-",
        "bytes=9-3",
        "items=0-1",
        "bytes=0-99999999999999999999",
        "x"
      })
  void shouldSendAllWhereARangeIsNoneThatItKnows(String range) throws Exception {
    // when
    HttpResponse<byte[]> response = get("7", "Range", range);

    // then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=300000-", "bytes=300000-300001", "bytes=-0"})
  void shouldRefuseARangeBehindTheEnd(String range) throws Exception {
    // when
    HttpResponse<byte[]> response = get("7", "Range", range);

    // then
    assertThat(response.statusCode()).isEqualTo(416);
    assertThat(response.headers().firstValue("Content-Range")).hasValue("bytes */" + SIZE);
    assertThat(new String(response.body(), UTF_8))
        .isEqualTo("{\"error\":\"the file has 300000 bytes, none of that range\"}");
    assertAllClosed();
  }

  @Test
  void shouldSendARangeOfTheSameFileOnly() throws Exception {
    // then
    assertThat(get("7", "Range", "bytes=0-9", "If-Range", '"' + SHA256 + '"').statusCode())
        .isEqualTo(206);
    assertThat(get("7", "Range", "bytes=0-9", "If-Range", "\"other\"").body()).isEqualTo(content);
  }

  @Test
  void shouldNotSendWhatTheClientHas() throws Exception {
    // when
    HttpResponse<byte[]> response = get("7", "If-None-Match", "\"x\", \"" + SHA256 + '"');

    // then
    assertThat(response.statusCode()).isEqualTo(304);
    assertThat(response.body()).isEmpty();
    assertAllClosed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "%2e%2e",
        "..%2f..%2fetc",
        "%37",
        "7;x=1",
        "7%00",
        "{name}",
        "%7bname%7d",
        "07"
      })
  void shouldKnowNoFileBehindAHostileName(String name) throws Exception {
    // when
    String answer = raw("GET /files/" + name + "/model.pt HTTP/1.1");

    // then
    assertThat(answer).matches("(?s)HTTP/1.1 40[04] .*");
    assertThat(opened).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/files/7/", "/files/7/model.pt/", "/files//model.pt", "/files/7/../../etc"})
  void shouldKnowNoOtherPath(String path) throws Exception {
    // then
    assertThat(raw("GET " + path + " HTTP/1.1")).startsWith("HTTP/1.1 404 ");
    assertThat(opened).isEmpty();
  }

  @Test
  void shouldCutOffAClientThatDoesNotReadWhenAnotherWaits() throws Exception {
    // given: more than the buffers of two sockets take
    content = new byte[64 << 20];
    Files.write(file, content);
    Socket slow = new Socket(InetAddress.getLoopbackAddress(), management.port());
    sockets.add(slow);
    slow.getOutputStream()
        .write("GET /files/7/model.pt HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
    await().atMost(PATIENCE).until(() -> !opened.isEmpty());
    assertThat(opened.peek().isOpen()).isTrue();

    // when: there is one place
    HttpResponse<byte[]> other = get("none");

    // then
    assertThat(other.statusCode()).isEqualTo(404);
    assertAllClosed();
  }

  @Test
  void shouldAnswerOthersWhileNoDownloadEnds() throws Exception {
    // given
    Files.write(file, new byte[64 << 20]);
    Limits usual = new Limits(2, 16, NEVER, NEVER, NEVER);
    try (ManagementServer patient =
        start(new ServerLimits(usual, usual, new Limits(2, 0, NEVER, NEVER, NEVER)))) {
      for (int i = 0; i < 40; i++) {
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), patient.port());
        sockets.add(slow);
        slow.getOutputStream()
            .write("GET /files/7/model.pt HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
      }
      await().atMost(PATIENCE).until(() -> opened.size() == 2);

      // then
      for (String path : List.of("/health/live", "/metrics", "/info")) {
        URI uri = URI.create("http://127.0.0.1:" + patient.port() + path);
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
        assertThat(client.send(request, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
      }
      assertThat(opened).hasSize(2);
    }
    assertAllClosed();
  }

  private void assertAllClosed() {
    await().atMost(PATIENCE).until(() -> opened.stream().noneMatch(FileChannel::isOpen));
  }

  private HttpResponse<byte[]> get(String name, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(name)).timeout(PATIENCE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private URI uri(String name) {
    return URI.create("http://127.0.0.1:" + management.port() + "/files/" + name + "/model.pt");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), management.port())) {
      String whole = request + "\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(whole.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
