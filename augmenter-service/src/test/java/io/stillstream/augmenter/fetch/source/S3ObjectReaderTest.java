package io.stillstream.augmenter.fetch.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a store may answer. */
class S3ObjectReaderTest {
  private static final byte[] IMAGE = "image".getBytes(UTF_8);
  private static final String KEYS =
      ", credentials: {access-key: augmenter, secret-key: only-for-tests}";

  private final CountDownLatch end = new CountDownLatch(1);
  private ObjectServer server;
  private ObjectSource source;

  @BeforeEach
  void start() throws IOException {
    server = ObjectServer.start();
    source = open(KEYS, "");
  }

  @AfterEach
  void stop() {
    end.countDown();
    source.close();
    server.close();
  }

  @Test
  void shouldSignARequestForTheKeyAsItIs() throws Exception {
    // given
    server.on(
        "/pictures/2026/",
        exchange -> {
          assertThat(exchange.getRequestHeaders().getFirst("Authorization"))
              .contains("Credential=augmenter/");
          exchange.sendResponseHeaders(200, IMAGE.length);
          exchange.getResponseBody().write(IMAGE);
        });

    // then
    assertThat(source.read(reference("1.png"))).isEqualTo(IMAGE);
    assertThat(source.read(reference("a b%2F?ü.png"))).isEqualTo(IMAGE);
    assertThat(server.requests())
        .containsExactly("/pictures/2026/1.png", "/pictures/2026/a%20b%252F%3F%C3%BC.png");
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void shouldShowNoCredentialsWithoutAny() throws Exception {
    // given
    server.on(
        "/pictures/2026/",
        exchange -> {
          boolean unsigned = !exchange.getRequestHeaders().containsKey("Authorization");
          exchange.sendResponseHeaders(unsigned ? 200 : 500, -1);
        });

    // then
    try (ObjectSource anybody = open("", "")) {
      assertThat(anybody.read(reference("1.png"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"404, NoSuchKey", "404, ''", "410, ''"})
  void shouldFindNothing(int status, String code) {
    server.on("/pictures/2026/", error(status, code));
    assertRejected(reference("1.png"), ObjectRejection.NOT_FOUND, "is not there: status " + status);
  }

  @ParameterizedTest
  @CsvSource({
    "301, PermanentRedirect",
    "307, TemporaryRedirect",
    "400, ExpiredToken",
    "401, ''",
    "403, AccessDenied",
    "403, SignatureDoesNotMatch",
    "404, NoSuchBucket",
    "408, ''",
    "429, ''",
    "500, InternalError",
    "503, SlowDown"
  })
  void shouldWaitWhereTimeOrAPersonCanCureIt(int status, String code) {
    server.on("/pictures/2026/", error(status, code));
    assertUnavailable(
        source, reference("1.png"), "status " + status + (code.isEmpty() ? "" : ", " + code));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void shouldNotFollowARedirectOfTheStore() throws Exception {
    // given
    try (ConnectionTrap trap = new ConnectionTrap(InetAddress.getLoopbackAddress(), 0)) {
      server.redirect("/pictures/2026/", 307, "http://127.0.0.1:" + trap.port() + "/1.png");

      // then
      assertUnavailable(source, reference("1.png"), "status 307");
      assertThat(trap.connections()).isZero();
    }
  }

  @Test
  void shouldNotWaitForOneObjectThatIsRefusedWhileAnotherIsNot() throws Exception {
    // given: an archived object; and what AWS answers for an absent one to who may not list
    server.on("/pictures/2026/1.png", error(403, "InvalidObjectState"));
    server.on("/pictures/2026/2.png", error(403, "AccessDenied"));
    server.put("/pictures/2026/3.png", 200, IMAGE);
    assertUnavailable(source, reference("1.png"), "status 403, InvalidObjectState");

    // when
    source.read(reference("3.png"));

    // then
    assertRejected(reference("1.png"), ObjectRejection.NOT_ALLOWED, "InvalidObjectState");
    assertRejected(reference("2.png"), ObjectRejection.NOT_ALLOWED, "AccessDenied, unlike others");
  }

  @Test
  void shouldRejectAnotherSizeOrTooManyBytesWithoutReadingThem() throws Exception {
    // given
    CountDownLatch broken = new CountDownLatch(1);
    server.put("/pictures/2026/1.png", 200, IMAGE);
    server.on(
        "/pictures/2026/large",
        exchange -> {
          exchange.sendResponseHeaders(200, Long.MAX_VALUE);
          try {
            while (true) {
              exchange.getResponseBody().write(new byte[8192]);
            }
          } catch (IOException e) {
            broken.countDown();
            throw e;
          }
        });

    // then
    assertRejected(sized("1.png", 4), ObjectRejection.CHANGED, "has 5 bytes, its event says 4");
    assertRejected(reference("large"), ObjectRejection.TOO_LARGE, "fetch.max-bytes is 1000");
    assertThat(broken.await(1, TimeUnit.MINUTES)).isTrue();
    assertRejected(sized("1.png", 1001), ObjectRejection.TOO_LARGE, "has 1001 bytes");
    assertRejected(
        reference("a".repeat(1100)), ObjectRejection.NOT_FOUND, "is longer than the key");
  }

  @Test
  void shouldWaitForABodyThatIsCutShort() {
    // given
    server.on(
        "/pictures/2026/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(IMAGE);
        });

    // then
    assertUnavailable(source, reference("1.png"), "cannot be read: the answer was cut short");
  }

  @Test
  void shouldWaitForAStoreThatIsNotThere() throws Exception {
    // given
    server.close();

    // then
    assertUnavailable(source, reference("1.png"), "cannot be read: no connection: ");
  }

  @Test
  void shouldGiveUpAStoreThatSaysNothingOrStops() {
    // given
    server.on("/pictures/2026/silent", exchange -> hold());
    server.on(
        "/pictures/2026/drips",
        exchange -> {
          exchange.sendResponseHeaders(200, 900);
          do {
            exchange.getResponseBody().write(0);
            exchange.getResponseBody().flush();
          } while (!held(10));
        });
    try (ObjectSource impatient = open(KEYS, "timeout: 300ms\n")) {
      assertUnavailable(impatient, reference("silent"), "cannot be read: ");
      assertUnavailable(impatient, reference("drips"), "cannot be read: ");
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void shouldEndWhatIsReadWhenItIsClosed() throws Exception {
    // given
    CountDownLatch asked = new CountDownLatch(1);
    server.on(
        "/pictures/2026/",
        exchange -> {
          asked.countDown();
          hold();
        });
    ExecutorService thread = Executors.newSingleThreadExecutor();
    ObjectSource patient = open(KEYS, "timeout: 1h\n");
    try {
      Future<byte[]> bytes = thread.submit(() -> patient.read(reference("1.png")));
      assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();

      // when
      patient.close();

      // then
      assertThatThrownBy(() -> bytes.get(1, TimeUnit.MINUTES))
          .hasCauseInstanceOf(UnavailableObjectException.class);
      assertUnavailable(patient, reference("1.png"), "cannot be read: ");
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void shouldNameTheSettingOfAFileThatIsMissing() {
    assertThatThrownBy(() -> open(", certificates: /absent.pem", ""))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("fetch.store.certificates: /absent.pem cannot be read");
    assertThatThrownBy(
            () -> open(", credentials: {access-key-file: /absent, secret-key-file: /absent}", ""))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("fetch.store.credentials.access-key-file: /absent cannot be read");
  }

  private static HttpHandler error(int status, String code) {
    return exchange -> {
      byte[] body =
          code.isEmpty()
              ? new byte[0]
              : "<Error><Code>%s</Code><Message>no</Message></Error>"
                  .formatted(code)
                  .getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/xml");
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
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

  private void assertRejected(ObjectReference reference, ObjectRejection reason, String message) {
    assertThatThrownBy(() -> source.read(reference))
        .isInstanceOfSatisfying(
            RejectedObjectException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageStartingWith("s3://pictures/2026/")
        .hasMessageContaining(message);
  }

  private static void assertUnavailable(
      ObjectSource source, ObjectReference reference, String message) {
    assertThatThrownBy(() -> source.read(reference))
        .isInstanceOf(UnavailableObjectException.class)
        .hasMessageStartingWith(reference.uri() + " ")
        .hasMessageContaining(message);
  }

  private static ObjectReference sized(String key, long size) {
    return new ObjectReference(
        "s3://pictures/2026/" + key, OptionalLong.of(size), Optional.empty());
  }

  private static ObjectReference reference(String key) {
    return new ObjectReference("s3://pictures/2026/" + key, OptionalLong.empty(), Optional.empty());
  }

  private ObjectSource open(String store, String more) {
    return ObjectSources.open(
        YamlSettings.parse(
            """
            allow: ["s3://pictures/2026/"]
            max-bytes: 1000
            store: {endpoint: "http://127.0.0.1:%d"%s}
            %s"""
                .formatted(server.port(), store, more),
            FetchSettings.class,
            Map.of()));
  }
}
