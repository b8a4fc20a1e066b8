package io.stillstream.augmenter.fetch.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a real server that verifies signatures, which can go away and come back. */
class S3ObjectReaderIT {
  private static final int THREADS = 16;

  @TempDir static Path temp;
  private static S3ProxyProcess server;
  private static Path bucket;

  @BeforeAll
  static void start() throws IOException {
    server = S3ProxyProcess.start(temp.resolve("server"), temp.resolve("data"), false);
    bucket = Files.createDirectories(server.createBucket("pictures").resolve("2026"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void shouldReadManyObjectsAtTheSameTime() throws Exception {
    // given
    List<ObjectReference> references = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[i * 100];
      new Random(i).nextBytes(bytes);
      Files.write(bucket.resolve(i + ".png"), bytes);
      references.add(
          new ObjectReference(
              uri(i + ".png"), OptionalLong.of(bytes.length), Optional.of(Sha256.hex(bytes))));
    }
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try (ObjectSource source = open(S3ProxyProcess.SECRET_KEY, "2m")) {
      // when
      List<Future<byte[]>> reads = new ArrayList<>();
      for (ObjectReference reference : references) {
        reads.add(pool.submit(() -> source.read(reference)));
      }

      // then: each is what its hash says
      for (int i = 0; i < references.size(); i++) {
        assertThat(reads.get(i).get(2, TimeUnit.MINUTES)).hasSize(i * 100);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void shouldTellAbsentAndChangedObjectsFromAStoreThatIsAway() throws Exception {
    // given
    Files.write(bucket.resolve("one.png"), new byte[] {1, 2, 3});
    ObjectReference one = reference("one.png");
    try (ObjectSource source = open(S3ProxyProcess.SECRET_KEY, "2m");
        ObjectSource impatient = open(S3ProxyProcess.SECRET_KEY, "500ms");
        ObjectSource stranger = open("wrong", "2m")) {
      assertThat(source.read(one)).containsExactly(1, 2, 3);

      // then
      assertThatThrownBy(() -> source.read(reference("none.png")))
          .isInstanceOfSatisfying(
              RejectedObjectException.class,
              e -> assertThat(e.reason()).isEqualTo(ObjectRejection.NOT_FOUND));
      assertThatThrownBy(
              () ->
                  source.read(
                      new ObjectReference(
                          uri("one.png"), OptionalLong.of(3), Optional.of(Sha256.hex("other")))))
          .isInstanceOfSatisfying(
              RejectedObjectException.class,
              e -> assertThat(e.reason()).isEqualTo(ObjectRejection.CHANGED));
      assertThatThrownBy(() -> stranger.read(one))
          .isInstanceOf(UnavailableObjectException.class)
          .hasMessageContaining("SignatureDoesNotMatch");

      // when
      server.freeze();
      try {
        assertThatThrownBy(() -> impatient.read(one))
            .isInstanceOf(UnavailableObjectException.class);
      } finally {
        server.thaw();
      }
      assertThat(source.read(one)).containsExactly(1, 2, 3);
      server.kill();
      try {
        assertThatThrownBy(() -> source.read(one)).isInstanceOf(UnavailableObjectException.class);
      } finally {
        server.start();
      }

      // then: a connection that ended is not used again
      assertThat(source.read(one)).containsExactly(1, 2, 3);
    }
  }

  private static ObjectSource open(String secret, String timeout) {
    return ObjectSources.open(
        YamlSettings.parse(
            """
            allow: ["s3://pictures/2026/"]
            threads: %d
            timeout: %s
            store:
              endpoint: %s
              credentials: {access-key: %s, secret-key: %s}
            """
                .formatted(THREADS, timeout, server.endpoint(), S3ProxyProcess.ACCESS_KEY, secret),
            FetchSettings.class,
            Map.of()));
  }

  private static String uri(String key) {
    return "s3://pictures/2026/" + key;
  }

  private static ObjectReference reference(String key) {
    return new ObjectReference(uri(key), OptionalLong.empty(), Optional.empty());
  }
}
