package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpHandler;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpObjectReaderTest {
  private static final byte[] IMAGE = "image".getBytes(UTF_8);
  private static final int MAX_BYTES = 1000;
  private static final String QUERY = "?signature=hidden";

  private final CountDownLatch end = new CountDownLatch(1);
  private ObjectServer server;
  private String prefix;
  private ObjectSource source;

  @BeforeEach
  void start() throws IOException {
    server = ObjectServer.start();
    prefix = "http://127.0.0.1:" + server.port() + "/a/";
    source = open("");
  }

  @AfterEach
  void stop() {
    end.countDown();
    source.close();
    server.close();
  }

  @Test
  void shouldReadWhatTheReferenceSays() throws Exception {
    // given
    server.put("/a/b c.png", 200, IMAGE);
    Optional<String> hash = Optional.of(Sha256.hex(IMAGE));

    // when
    byte[] bytes =
        source.read(
            new ObjectReference(prefix + "b%20c.png?x=%2F&y", OptionalLong.of(IMAGE.length), hash));

    // then: nothing of the address is changed on the way
    assertThat(bytes).isEqualTo(IMAGE);
    assertThat(server.requests()).containsExactly("/a/b%20c.png?x=%2F&y");
  }

  @Test
  void shouldReadAnEmptyObjectAndOneWithoutLength() throws Exception {
    // given
    server.put("/a/empty", 200, new byte[0]);
    server.on("/a/chunked", chunked(IMAGE));

    // then
    assertThat(read("empty")).isEmpty();
    assertThat(read("chunked")).isEqualTo(IMAGE);
    assertThat(source.read(sized("chunked", IMAGE.length))).isEqualTo(IMAGE);
  }

  @Test
  void shouldTakeBytesAsTheyAre() throws Exception {
    // given
    byte[] zipped = {31, (byte) 139, 8, 0};
    server.on(
        "/a/1.png",
        exchange -> {
          assertThat(exchange.getRequestHeaders().get("Accept-Encoding"))
              .containsExactly("identity");
          assertThat(exchange.getRequestHeaders()).doesNotContainKeys("Upgrade", "Cookie");
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          exchange.getResponseHeaders().add("Set-Cookie", "a=b");
          exchange.sendResponseHeaders(200, zipped.length);
          exchange.getResponseBody().write(zipped);
        });

    // then
    assertThat(read("1.png")).isEqualTo(zipped);
    assertThat(read("1.png")).isEqualTo(zipped);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void shouldFindNothing(int status) {
    server.put("/a/1.png", status, IMAGE);
    assertRejected("1.png", ObjectRejection.NOT_FOUND, "is not there: status " + status);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {400, 401, 403, 405, 408, 418, 425, 429, 451, 500, 502, 503, 504, 599, 204, 304})
  void shouldWaitWhereTimeOrAPersonCanCureIt(int status) {
    server.put("/a/1.png", status, new byte[0]);
    assertUnavailable("1.png", "status " + status);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 405, 418, 451, 204})
  void shouldNotWaitForOneObjectThatIsRefusedWhileAnotherIsNot(int status) throws Exception {
    // given
    server.put("/a/1.png", status, new byte[0]);
    server.put("/a/2.png", 200, IMAGE);
    assertUnavailable("1.png", "status " + status);

    // when
    read("2.png");

    // then
    assertRejected("1.png", ObjectRejection.NOT_ALLOWED, "status " + status);
    assertThat(read("2.png")).isEqualTo(IMAGE);
  }

  @Test
  void shouldWaitWhenTheServerRefusesEverythingFromNowOn() throws Exception {
    // given: rights that end
    boolean[] ended = new boolean[1];
    HttpHandler handler =
        exchange -> {
          exchange.sendResponseHeaders(ended[0] ? 403 : 200, -1);
        };
    server.on("/a/1.png", handler);
    server.on("/a/2.png", handler);
    read("1.png");

    // when
    ended[0] = true;

    // then
    assertUnavailable("2.png", "status 403");
    assertUnavailable("1.png", "status 403");
  }

  @Test
  void shouldWaitWhenTheOtherObjectIsGoneOrItsServerIsAway() throws Exception {
    // given
    server.put("/a/1.png", 403, new byte[0]);
    int[] status = {200};
    server.on("/a/2.png", exchange -> exchange.sendResponseHeaders(status[0], -1));
    read("2.png");

    // then
    status[0] = 503;
    assertUnavailable("1.png", "status 503");
    status[0] = 404;
    assertUnavailable("1.png", "status 403");
    status[0] = 200;
    assertUnavailable("1.png", "status 403");
  }

  @Test
  void shouldRejectAnotherSizeOrHash() throws Exception {
    // given
    server.put("/a/1.png", 200, IMAGE);
    server.on("/a/chunked", chunked(IMAGE));

    // then
    assertRejected(sized("1.png", 4), ObjectRejection.CHANGED, "has 5 bytes, its event says 4");
    assertRejected(sized("1.png", 6), ObjectRejection.CHANGED, "has 5 bytes, its event says 6");
    assertRejected(
        sized("chunked", 4), ObjectRejection.CHANGED, "has more than 4 bytes, its event says 4");
    assertRejected(sized("chunked", 6), ObjectRejection.CHANGED, "has 5 bytes, its event says 6");
    assertRejected(
        new ObjectReference(
            prefix + "1.png", OptionalLong.empty(), Optional.of(Sha256.hex("other"))),
        ObjectRejection.CHANGED,
        "has another SHA-256 than its event says");
  }

  @Test
  void shouldRejectWhatIsTooLargeWithoutARequestAByteOrTheRest() throws Exception {
    // given
    CountDownLatch broken = new CountDownLatch(2);
    server.on("/a/announced", endless(Long.MAX_VALUE, broken));
    server.on("/a/counted", endless(0, broken));
    byte[] most = new byte[MAX_BYTES];
    server.put("/a/most", 200, most);

    // then
    assertRejected(
        sized("none", MAX_BYTES + 1),
        ObjectRejection.TOO_LARGE,
        "has 1001 bytes, fetch.max-bytes is 1000");
    assertThat(server.requests()).isEmpty();
    assertRejected("announced", ObjectRejection.TOO_LARGE, "fetch.max-bytes is 1000");
    assertRejected("counted", ObjectRejection.TOO_LARGE, "has more than 1000 bytes");
    assertThat(broken.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(read("most")).isEqualTo(most);
  }

  @Test
  void shouldWaitForABodyThatIsCutShort() {
    // given
    server.on(
        "/a/1.png",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(IMAGE);
        });

    // then
    assertUnavailable("1.png", "the answer was cut short");
  }

  @Test
  void shouldWaitForAServerThatIsNotThere() {
    // given
    String closed = "http://127.0.0.1:" + LoopbackPorts.free(0, "nothing") + "/";
    String unknown = "http://images.invalid/";

    // then
    try (ObjectSource nowhere =
        open(
            "allow: [{prefix: \"%s\", private-addresses: true}, \"%s\"]".formatted(closed, unknown),
            new CountingResolver().with("127.0.0.1", "127.0.0.1"))) {
      assertThatThrownBy(() -> nowhere.read(reference(closed + "1.png" + QUERY)))
          .isInstanceOf(UnavailableObjectException.class)
          .hasMessageStartingWith(closed + "1.png cannot be read: no connection: ")
          .hasMessageNotContaining("hidden");
      assertThatThrownBy(() -> nowhere.read(reference(unknown + "1.png" + QUERY)))
          .isInstanceOf(UnavailableObjectException.class)
          .hasMessage(unknown + "1.png cannot be read: the host is unknown");
    }
  }

  @Test
  void shouldGiveUpAServerThatSaysNothingOrTooLittle() {
    // given
    server.on("/a/silent", exchange -> hold());
    server.on(
        "/a/stuck",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(IMAGE);
          exchange.getResponseBody().flush();
          hold();
        });
    server.on(
        "/a/drips",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          do {
            exchange.getResponseBody().write(0);
            exchange.getResponseBody().flush();
          } while (!held(10));
        });
    server.redirect("/a/redirected", 307, "silent");
    try (ObjectSource impatient = open("timeout: 300ms\n")) {
      for (String path : List.of("silent", "stuck", "drips", "redirected")) {
        assertThatThrownBy(() -> impatient.read(reference(prefix + path)))
            .isInstanceOf(UnavailableObjectException.class)
            .hasMessageContaining("cannot be read: ");
      }
      assertThatThrownBy(() -> impatient.read(reference(prefix + "drips")))
          .hasMessageContaining("it takes longer than 300 ms");
    }
  }

  @Test
  void shouldGiveUpAServerWhoseHeadersDoNotEnd() throws Exception {
    // given
    server.on(
        "/a/1.png",
        exchange -> {
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseHeaders().add("X-" + i, "a");
          }
          exchange.sendResponseHeaders(200, -1);
        });
    server.on(
        "/a/2.png",
        exchange -> {
          exchange.getResponseHeaders().add("X-Long", "a".repeat(100_000));
          exchange.sendResponseHeaders(200, -1);
        });

    // then
    assertUnavailable("1.png", "header count exceeded");
    assertUnavailable("2.png", "line length limit exceeded");
  }

  @Test
  void shouldEndWhatIsReadWhenItIsClosed() throws Exception {
    // given
    CountDownLatch asked = new CountDownLatch(1);
    server.on(
        "/a/1.png",
        exchange -> {
          asked.countDown();
          hold();
        });
    ExecutorService thread = Executors.newSingleThreadExecutor();
    ObjectSource patient = open("timeout: 1h\n");
    try {
      Future<byte[]> bytes = thread.submit(() -> patient.read(reference(prefix + "1.png")));
      assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();

      // when
      patient.close();

      // then
      assertThatThrownBy(() -> bytes.get(1, TimeUnit.MINUTES))
          .hasCauseInstanceOf(UnavailableObjectException.class);
      assertThatThrownBy(() -> patient.read(reference(prefix + "1.png")))
          .isInstanceOf(UnavailableObjectException.class);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void shouldFollowThreeRedirectsAndNotFour() throws Exception {
    // given
    server.redirect("/a/0", 301, prefix + "1" + QUERY);
    server.redirect("/a/1", 302, "/a/2");
    server.redirect("/a/2", 303, "3");
    server.redirect("/a/3", 308, "4");
    server.put("/a/4", 200, IMAGE);
    server.redirect("/a/loop", 307, "loop");
    server.on("/a/nowhere", exchange -> exchange.sendResponseHeaders(302, -1));

    // then
    assertThat(read("1")).isEqualTo(IMAGE);
    assertRejected("0", ObjectRejection.NOT_ALLOWED, "redirects more than 3 times");
    assertRejected("loop", ObjectRejection.NOT_ALLOWED, "redirects more than 3 times");
    assertRejected("nowhere", ObjectRejection.NOT_ALLOWED, "redirects to nowhere");
  }

  @Test
  void shouldKeepOneConnectionForManyObjects() throws Exception {
    // given
    server.put("/a/1.png", 200, IMAGE);

    // when
    for (int i = 0; i < 50; i++) {
      read("1.png");
    }

    // then
    assertThat(server.requests()).hasSize(50);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void shouldReadManyObjectsAtTheSameTimeAndKeepTheirConnections() throws Exception {
    // given: answers only when all have asked
    int threads = 64;
    CountDownLatch all = new CountDownLatch(threads);
    server.on(
        "/a/1.png",
        exchange -> {
          all.countDown();
          await().atMost(1, TimeUnit.MINUTES).until(() -> all.getCount() == 0);
          exchange.sendResponseHeaders(200, IMAGE.length);
          exchange.getResponseBody().write(IMAGE);
        });
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (ObjectSource wide = open("threads: " + threads + "\ntimeout: 2m\n")) {
      // when
      List<Future<byte[]>> reads = new ArrayList<>();
      for (int i = 0; i < 4 * threads; i++) {
        reads.add(pool.submit(() -> wide.read(reference(prefix + "1.png"))));
      }

      // then
      for (Future<byte[]> read : reads) {
        assertThat(read.get(2, TimeUnit.MINUTES)).isEqualTo(IMAGE);
      }
      assertThat(server.connections()).isEqualTo(threads);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void shouldNotMindAConnectionThatTheServerClosedMeanwhile() throws Exception {
    // given: the server closes each connection after its answer, and does not say so
    try (ClosingServer closing = new ClosingServer(IMAGE)) {
      String other = "http://127.0.0.1:" + closing.port() + "/";
      try (ObjectSource reader =
          open(
              "allow: [{prefix: \"" + other + "\", private-addresses: true}]",
              SystemDefaultDnsResolver.INSTANCE)) {
        for (int i = 0; i < 20; i++) {
          assertThat(reader.read(reference(other + "1.png"))).isEqualTo(IMAGE);
        }
      }
    }
  }

  private static HttpHandler chunked(byte[] bytes) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(bytes);
    };
  }

  private static HttpHandler endless(long length, CountDownLatch broken) {
    return exchange -> {
      exchange.sendResponseHeaders(200, length);
      try {
        byte[] part = new byte[8192];
        while (true) {
          exchange.getResponseBody().write(part);
        }
      } catch (IOException e) {
        broken.countDown();
        throw e;
      }
    };
  }

  /** Until the test ends. */
  private void hold() {
    held(600_000);
  }

  private boolean held(long millis) {
    try {
      return end.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private byte[] read(String path) throws InterruptedException {
    return source.read(reference(prefix + path));
  }

  private void assertRejected(String path, ObjectRejection reason, String message) {
    assertRejected(reference(prefix + path + QUERY), reason, message);
  }

  private void assertRejected(ObjectReference reference, ObjectRejection reason, String message) {
    assertThatThrownBy(() -> source.read(reference))
        .isInstanceOfSatisfying(
            RejectedObjectException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageStartingWith(prefix)
        .hasMessageContaining(message)
        .hasMessageNotContaining("hidden");
  }

  private void assertUnavailable(String path, String message) {
    assertThatThrownBy(() -> source.read(reference(prefix + path + QUERY)))
        .isInstanceOf(UnavailableObjectException.class)
        .hasMessageStartingWith(prefix)
        .hasMessageContaining(message)
        .hasMessageNotContaining("hidden");
  }

  private ObjectReference sized(String path, long size) {
    return new ObjectReference(prefix + path, OptionalLong.of(size), Optional.empty());
  }

  private static ObjectReference reference(String uri) {
    return new ObjectReference(uri, OptionalLong.empty(), Optional.empty());
  }

  private ObjectSource open(String more) {
    return open(
        "allow: [{prefix: \"%s\", private-addresses: true}]\nmax-bytes: %d\n%s"
            .formatted(prefix, MAX_BYTES, more),
        SystemDefaultDnsResolver.INSTANCE);
  }

  private static ObjectSource open(String yaml, DnsResolver names) {
    return ObjectSources.open(YamlSettings.parse(yaml, FetchSettings.class, Map.of()), names);
  }
}
