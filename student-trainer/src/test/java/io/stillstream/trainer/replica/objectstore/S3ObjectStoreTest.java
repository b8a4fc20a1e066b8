package io.stillstream.trainer.replica.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.trainer.replica.ChunkedTransfer;
import io.stillstream.trainer.replica.CorruptObjectException;
import io.stillstream.trainer.replica.ReplicaManifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server may answer that no good one does. */
class S3ObjectStoreTest {
  private static final byte[] BYTES = "not what was sent".getBytes(UTF_8);

  private HttpServer server;
  private ObjectStore bucket;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    bucket =
        ObjectStore.open(
            YamlSettings.parse(
                """
                    bucket: students
                    endpoint: http://127.0.0.1:%d
                    credentials: {access-key: trainer, secret-key: "${SECRET}"}
                    retries: 0
                    """
                    .formatted(server.getAddress().getPort()),
                ObjectStoreSettings.class,
                Map.of("SECRET", "only-for-tests")));
  }

  @AfterEach
  void stop() {
    bucket.close();
    server.stop(0);
  }

  @Test
  void shouldTellDamageFromAStoreThatIsAway() {
    // given
    server.createContext(
        "/students/weights",
        exchange -> {
          exchange.getResponseHeaders().add("x-amz-checksum-crc32", "AAAAAA==");
          exchange.sendResponseHeaders(200, BYTES.length);
          exchange.getResponseBody().write(BYTES);
          exchange.close();
        });
    ReplicaManifest.ObjectRef part = new ReplicaManifest.ObjectRef("weights", BYTES.length, "0123");

    // then
    assertThatThrownBy(() -> new ChunkedTransfer(bucket, "").fetch(part))
        .isInstanceOf(CorruptObjectException.class)
        .hasMessageContaining("s3://students/weights begins with 17 bytes");
  }

  @Test
  void shouldReadNoMoreThanItTakesToSeeThatThereIsTooMuch() {
    // given
    server.createContext(
        "/students/weights",
        exchange -> {
          exchange.sendResponseHeaders(200, 1 << 20);
          exchange.getResponseBody().write(new byte[1 << 20]);
          exchange.close();
        });
    ReplicaManifest.ObjectRef part = new ReplicaManifest.ObjectRef("weights", 9, "0123");

    // then
    assertThatThrownBy(() -> new ChunkedTransfer(bucket, "").fetch(part))
        .isInstanceOf(CorruptObjectException.class)
        .hasMessageContaining("begins with 10 bytes");
  }

  @Test
  void shouldBreakOffWithAnIoException() throws Exception {
    // given
    server.createContext(
        "/students/weights",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(BYTES);
          exchange.close();
        });

    // when
    InputStream in = bucket.open("weights");
    Thread.currentThread().interrupt();

    // then
    try {
      assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
      assertThatThrownBy(in::close).isInstanceOf(IOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void shouldNotWaitForWhatTheServerWillNeverDo() {
    // given
    server.createContext(
        "/students/head.json",
        exchange -> {
          exchange.sendResponseHeaders(501, -1);
          exchange.close();
        });

    // then
    assertThatThrownBy(() -> bucket.replace("head.json", BYTES, Optional.empty()))
        .isInstanceOfSatisfying(
            ObjectStoreException.class,
            e -> assertThat(e.reason()).isEqualTo(ObjectStoreException.Reason.REFUSED))
        .hasMessageContaining("s3://students/head.json cannot be written: ")
        .hasMessageContaining("status 501");
  }
}
