package io.stillstream.trainer.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Copies in a real server, and what goes wrong with one. */
class S3ReplicaIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path temp;
  private static S3ProxyProcess server;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    server = S3ProxyProcess.start(temp.resolve("server"), temp.resolve("data"), false);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void shouldRestoreWhatWasCopiedAndStopWhoeverWasTakenOver(TestInfo test) throws Exception {
    // given
    FakeTrainingDirectory here = training(test, "here");
    ObjectStoreReplica store = open(here, settings(test, server.endpoint(), ""));
    here.train(4);
    copied(store, 4);
    here.train(8);
    copied(store, 8);

    // when
    FakeTrainingDirectory there = training(test, "there");
    ObjectStoreReplica other = open(there, settings(test, server.endpoint(), ""));

    // then
    assertThat(other.restored()).hasValue(8L);
    assertThat(there.weights()).isEqualTo("weights of step 8");

    // when
    here.train(12);
    store.enqueue(12);

    // then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThatThrownBy(store::requireOwned)
                    .hasMessageContaining("another trainer took over s3://students/"));
  }

  @Test
  void shouldNoticeWhoTookOverWithoutConditionalWrites(TestInfo test) throws Exception {
    // given
    String plain = "conditional-writes: false\nchecksums: when-required\n";
    FakeTrainingDirectory here = training(test, "here");
    ObjectStoreReplica store = open(here, settings(test, server.endpoint(), plain));
    here.train(4);
    copied(store, 4);
    open(training(test, "there"), settings(test, server.endpoint(), plain));

    // when
    here.train(8);
    store.enqueue(8);

    // then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThatThrownBy(store::requireOwned).hasMessageContaining("took over"));
  }

  @Test
  void shouldSayWhatIsWrongWithKeysAndBucket(TestInfo test) throws Exception {
    // given
    FakeTrainingDirectory here = training(test, "here");
    ObjectStoreSettings wrong =
        parse("bucket: students\nendpoint: " + server.endpoint(), "trainer", "not-the-secret");
    ObjectStoreSettings missing =
        parse(
            "bucket: nowhere\nendpoint: " + server.endpoint(),
            S3ProxyProcess.ACCESS_KEY,
            S3ProxyProcess.SECRET_KEY);

    // then
    assertThatThrownBy(() -> open(here, wrong))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(
            "store: s3://students/cnn/head.json cannot be read: SignatureDoesNotMatch")
        .hasMessageNotContaining("not-the-secret");
    assertThatThrownBy(() -> open(here, missing))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("store: s3://nowhere/cnn/head.json cannot be read: NoSuchBucket");
  }

  @Test
  void shouldRefuseABucketThatCannotBeWritten(TestInfo test) throws Exception {
    try (S3ProxyProcess readOnly =
        S3ProxyProcess.start(temp.resolve("read-only"), temp.resolve("data"), true)) {
      assertThatThrownBy(
              () -> open(training(test, "here"), settings(test, readOnly.endpoint(), "")))
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("store: s3://students/")
          .hasMessageContaining("head.json cannot be written: ")
          .hasMessageNotContaining("before it answers");
    }
  }

  @Test
  void shouldGoOnWhenAServerThatHungAnswersAgain(TestInfo test) throws Exception {
    // given
    FakeTrainingDirectory here = training(test, "here");
    ObjectStoreReplica store =
        open(here, settings(test, server.endpoint(), "request-timeout: 1s\nretries: 0\n"));
    here.train(4);
    copied(store, 4);

    // when
    server.freeze();
    try {
      here.train(8);
      store.enqueue(8);
      await().atMost(PATIENCE).until(() -> failures(store));
      store.requireOwned();
    } finally {
      server.thaw();
    }

    // then
    copied(store, 8);
  }

  @Test
  void shouldTakeNothingForACheckpointThatWasCutOff(TestInfo test) throws Exception {
    // given
    try (ConnectionCuttingProxy proxy = new ConnectionCuttingProxy(server.port())) {
      FakeTrainingDirectory here = training(test, "here");
      ObjectStoreReplica store =
          open(here, settings(test, "http://127.0.0.1:" + proxy.port(), "retries: 0\n"));
      here.train(4);
      copied(store, 4);

      // when
      proxy.limit(300_000);
      here.train(8, 1_000_000);
      store.enqueue(8);
      await().atMost(PATIENCE).until(() -> proxy.cuts() > 0 && failures(store));
      store.close();
      FakeTrainingDirectory there = training(test, "there");
      open(there, settings(test, server.endpoint(), ""));

      // then
      assertThat(there.steps()).isEqualTo(4);
    }
  }

  private static boolean failures(ObjectStoreReplica store) {
    return store.statusText().orElseThrow().contains(";");
  }

  private static void copied(ObjectStoreReplica store, long steps) {
    store.enqueue(steps);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(store.statusText()).hasValue("step " + steps + " copied, 0 behind"));
  }

  private FakeTrainingDirectory training(TestInfo test, String name) throws IOException {
    Path directory = temp.resolve(test.getTestMethod().orElseThrow().getName()).resolve(name);
    FakeTrainingDirectory training = new FakeTrainingDirectory(Files.createDirectories(directory));
    open.add(training);
    return training;
  }

  private ObjectStoreReplica open(FakeTrainingDirectory training, ObjectStoreSettings settings)
      throws IOException {
    ObjectStoreReplica store =
        ObjectStoreReplica.open(
            settings,
            training.local,
            new Silent(),
            InstantSource.system(),
            StartupWait.of(Duration.ofSeconds(1)));
    open.add(0, store);
    return store;
  }

  private static ObjectStoreSettings settings(TestInfo test, String endpoint, String more) {
    String prefix = test.getTestMethod().orElseThrow().getName();
    return parse(
        "bucket: students\nprefix: " + prefix + "\nendpoint: " + endpoint + "\n" + more,
        S3ProxyProcess.ACCESS_KEY,
        S3ProxyProcess.SECRET_KEY);
  }

  private static ObjectStoreSettings parse(String yaml, String access, String secret) {
    return YamlSettings.parse(
        yaml + "\ncredentials: {access-key: " + access + ", secret-key: \"${SECRET}\"}\n",
        ObjectStoreSettings.class,
        Map.of("SECRET", secret));
  }

  private static final class Silent implements ReplicaMetrics {
    @Override
    public void copied(Duration took, long bytes) {}

    @Override
    public void failed() {}

    @Override
    public void behind(Optional<Instant> since, long steps) {}
  }
}
