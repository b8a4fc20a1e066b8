package io.stillstream.trainer.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.checkpoint.store.NoValidCheckpointException;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.replica.objectstore.InMemoryObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreReplicaTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectStoreSettings SETTINGS =
      YamlSettings.parse(
          "bucket: students\ncredentials: {aws-chain: true}", ObjectStoreSettings.class, Map.of());

  private final InMemoryObjectStore bucket = new InMemoryObjectStore();
  private final List<AutoCloseable> open = new ArrayList<>();
  private StartupWait startup = StartupWait.of(Duration.ofMillis(300));
  private int names;
  private volatile int failures;

  @TempDir Path temp;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void shouldGoOnElsewhereFromWhatWasCopied() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);
    here.train(8);
    copied(store, 8);

    // when
    FakeTrainingDirectory there = directory("there");
    ObjectStoreReplica other = open(there);

    // then
    assertThat(other.restored()).hasValue(8L);
    assertThat(there.steps()).isEqualTo(8);
    assertThat(there.weights()).isEqualTo("weights of step 8");
    assertThat(there.local.ledger()).hasSameBinaryContentAs(here.local.ledger());
  }

  @Test
  void shouldCopyReleasesWithAllTheirFiles() throws Exception {
    // given: releases with an ONNX file and without, and one whose ONNX file is damaged
    FakeTrainingDirectory here = directory("here");
    here.local.releases().adopt(1, release(1, Map.of()));
    here.local.releases().adopt(2, release(2, Map.of("student.onnx", bytes("onnx"))));
    here.local.releases().adopt(3, release(3, Map.of("student.onnx", bytes("onnx"))));
    Files.write(here.local.releases().directory(3).resolve("student.onnx"), bytes("onnY"));
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);

    // when
    FakeTrainingDirectory there = directory("there");
    ObjectStoreReplica unused = open(there);

    // then
    assertThat(there.local.releases().versions()).containsExactly(1L, 2L);
    assertThat(there.local.releases().directory(1)).isDirectoryNotContaining("glob:**.onnx");
    assertThat(there.local.releases().directory(2).resolve("student.onnx"))
        .hasBinaryContent(bytes("onnx"));
    Release.read(there.local.releases(), 1).verify();
    Release.read(there.local.releases(), 2).verify();
  }

  private static Map<String, byte[]> release(int version, Map<String, byte[]> onnx) {
    Map<String, byte[]> files = new LinkedHashMap<>(onnx);
    files.put("student.pt", bytes("model"));
    String card =
        """
        {"student": "cnn", "version": %d, "file": "student.pt", "sha256": "%s",%s
         "topic": "labeled-views", "offsets": {}, "teachers": [], "policy_hashes": [],
         "metrics": {}, "created_at": "2026-11-24T00:00:00Z"}
        """
            .formatted(
                version,
                Sha256.hex(bytes("model")),
                onnx.isEmpty()
                    ? ""
                    : "\"onnx\": {\"file\": \"student.onnx\", \"sha256\": \"%s\", \"opset\": 17},"
                        .formatted(Sha256.hex(bytes("onnx"))));
    files.put("model-card.json", bytes(card));
    return files;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void shouldConfirmWhatIsCopiedAndNothingOfWhoWasTakenOver() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);

    // when
    long number = store.enqueue(4);
    await().atMost(PATIENCE).until(() -> store.isConfirmed(number));

    // then
    assertThat(head().checkpoints().get(0).steps()).isEqualTo(4);
    assertThat(store.isConfirmed(1)).isTrue();
    assertThat(store.isConfirmed(number + 1)).isFalse();

    // when: another one takes the place
    ObjectStoreReplica unused = open(directory("there"));
    here.train(8);
    long lost = store.enqueue(8);

    // then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThatThrownBy(store::requireOwned).isInstanceOf(FencedException.class));
    assertThat(store.isConfirmed(lost)).isFalse();
  }

  @Test
  void shouldStopWhoeverWasTakenOver() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);
    ObjectStoreReplica other = open(directory("there"));

    // when
    here.train(8);
    store.enqueue(8);

    // then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThatThrownBy(store::requireOwned)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another trainer took over heap://cnn/")
                    .hasMessageContaining("epoch 2"));
    other.requireOwned();
    assertThat(head().checkpoints().get(0).steps()).isEqualTo(4);
  }

  @Test
  void shouldNotLetADirectoryThatWasTakenOverTakeItBack() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);
    store.close();
    open(directory("there"));

    // then
    assertThatThrownBy(() -> open(here))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("store: prefix: heap://cnn/ belongs to the training in another")
        .hasMessageContaining("step 4")
        .hasMessageContaining(here.directory.toString());
  }

  @Test
  void shouldShowNothingOfACopyThatWasCutOff() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);
    bucket.fails = key -> key.contains("weights.pt");

    // when
    here.train(8);
    store.enqueue(8);
    await().atMost(PATIENCE).until(() -> failures > 0);

    // then
    assertThat(head().checkpoints().get(0).steps()).isEqualTo(4);
    assertThat(store.statusText()).get().asString().contains("step 4 copied, 4 behind", "cut off");

    // when
    bucket.fails = key -> false;
    here.train(12);
    copied(store, 12);

    // then
    assertThat(head().checkpoints())
        .extracting(ReplicaManifest.StoredCheckpoint::steps)
        .containsExactly(12L, 4L);
    assertNothingElse();
  }

  @Test
  void shouldUseTheOneBeforeWhenTheNewestIsDamaged() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);
    here.train(8);
    copied(store, 8);
    damage(head().checkpoints().get(0));

    // when
    FakeTrainingDirectory there = directory("there");
    open(there);

    // then
    assertThat(there.weights()).isEqualTo("weights of step 4");
    assertThat(there.local.ledger()).hasContent("line of step 4");
  }

  @Test
  void shouldNotBeginAnewWhenAllIsDamagedOrAway() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);
    damage(head().checkpoints().get(0));

    // then
    assertThatThrownBy(() -> open(directory("damaged")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("all 1 checkpoints in heap://cnn/ are damaged");
    bucket.away = true;
    assertThatThrownBy(() -> open(directory("away")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("away")
        .hasMessageContaining("whether to begin anew or to go on from one in the store");
  }

  @Test
  void shouldWaitForAStoreThatIsAwayWhileTheDirectoryIsEmpty() throws Exception {
    // given
    startup = StartupWait.of(PATIENCE);
    bucket.away = true;
    FakeTrainingDirectory empty = directory("empty");
    CompletableFuture<ObjectStoreReplica> opened =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return open(empty);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    await().atMost(PATIENCE).until(() -> !startup.addTo(Health.of()).ready());
    // when
    bucket.away = false;
    // then
    assertThat(opened.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).restored()).isEmpty();
    assertThat(startup.addTo(Health.of()).ready()).isTrue();
  }

  @Test
  void shouldGoOnFromTheDirectoryWhileTheStoreIsAway() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    here.train(4);
    bucket.away = true;

    // when
    ObjectStoreReplica store = open(here);

    // then
    await().atMost(PATIENCE).until(() -> failures > 0);
    store.requireOwned();

    // when
    bucket.away = false;
    here.train(8);
    copied(store, 8);

    // then
    assertThat(head().checkpoints())
        .extracting(ReplicaManifest.StoredCheckpoint::steps)
        .containsExactly(8L);
  }

  @Test
  void shouldRestoreWhatTheDirectoryLostOfItsOwn() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    here.train(8);
    copied(store, 8);
    store.close();
    Files.writeString(
        here.checkpoints.newest().orElseThrow().directory().resolve("weights.pt"), "damage");

    // when
    ObjectStoreReplica again = open(here);

    // then
    assertThat(again.restored()).hasValue(8L);
    assertThat(here.weights()).isEqualTo("weights of step 8");
  }

  @Test
  void shouldRestoreADirectoryInWhichAllIsDamaged() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    here.train(8);
    copied(store, 8);
    store.close();
    damageAll(here);

    // when
    ObjectStoreReplica again = open(here);

    // then
    assertThat(again.restored()).hasValue(8L);
    assertThat(here.weights()).isEqualTo("weights of step 8");
  }

  @Test
  void shouldNotRestoreADirectoryInWhichAllIsDamagedIfTheStoreHasNothingOfIt() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    here.train(4);
    damageAll(here);
    FakeTrainingDirectory other = directory("other");
    other.train(8);
    damageAll(other);

    // then
    assertThatThrownBy(() -> open(here))
        .isInstanceOf(NoValidCheckpointException.class)
        .hasMessageContaining("all 1 checkpoints in " + here.directory);
    bucket.away = true;
    assertThatThrownBy(() -> open(here))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("away")
        .hasMessageContaining("all 1 checkpoints in " + here.directory);
    bucket.away = false;
    assertThatThrownBy(() -> open(other))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("belongs to the training in another directory");
  }

  @Test
  void shouldRestoreADirectoryWhosePathHasDetours() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);

    // when
    FakeTrainingDirectory there = directory("./there");
    open(there);

    // then
    assertThat(there.weights()).isEqualTo("weights of step 4");
  }

  @Test
  void shouldLeaveNothingOfWhatCouldNotBeRestored() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);
    damage(head().checkpoints().get(0));
    FakeTrainingDirectory there = directory("there");

    // when
    assertThatThrownBy(() -> open(there)).hasMessageContaining("are damaged");

    // then
    assertThat(there.directory.resolve("checkpoints")).isEmptyDirectory();
  }

  @Test
  void shouldGoOnCopyingAfterAnError() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    bucket.fails =
        key -> {
          throw new OutOfMemoryError("for a test");
        };

    // when
    here.train(4);
    store.enqueue(4);
    await().atMost(PATIENCE).until(() -> failures > 0);

    // then
    assertThat(store.statusText()).get().asString().contains("for a test");
    bucket.fails = key -> false;
    copied(store, 4);
  }

  @Test
  void shouldKeepNothingFromBeforeSomethingWasForgotten() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);
    here.train(4);
    copied(store, 4);

    // when
    here.train(8, Map.of(0, 1L));
    copied(store, 8);

    // then
    assertThat(head().checkpoints())
        .extracting(ReplicaManifest.StoredCheckpoint::steps)
        .containsExactly(8L);
    assertNothingElse();
  }

  @Test
  void shouldRecogniseItsOwnWriteWhoseAnswerWasLost() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);

    // when
    bucket.losesAnswer = true;
    here.train(4);
    copied(store, 4);

    // then
    store.requireOwned();
    assertThat(failures).isZero();
  }

  @Test
  void shouldSendTheLastStretchOfTheLedgerAgainUntilItIsLong() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    ObjectStoreReplica store = open(here);

    // when
    for (long steps = 4; steps <= 20; steps += 4) {
      here.train(steps);
      copied(store, steps);
    }

    // then
    assertThat(head().ledger()).hasSize(1);
    assertThat(head().ledger().get(0).to()).isEqualTo(Files.size(here.local.ledger()));
    assertNothingElse();
  }

  /** All objects are named by the head. */
  private void assertNothingElse() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(bucket.list("cnn/runs/"))
                    .containsExactlyInAnyOrderElementsOf(
                        head().keys().stream().map(key -> "cnn/" + key).toList()));
  }

  private static void damageAll(FakeTrainingDirectory training) throws IOException {
    try (Stream<Path> all = Files.list(training.directory.resolve("checkpoints"))) {
      for (Path checkpoint : all.toList()) {
        Files.writeString(checkpoint.resolve("weights.pt"), "damage");
      }
    }
  }

  private void damage(ReplicaManifest.StoredCheckpoint checkpoint) {
    checkpoint.files().stream()
        .filter(file -> file.name().equals("weights.pt"))
        .forEach(
            file ->
                bucket.objects.put("cnn/" + file.parts().get(0).key(), "other".getBytes(UTF_8)));
  }

  private ReplicaManifest head() throws IOException {
    return ReplicaManifest.read(bucket.read("cnn/head.json").orElseThrow().bytes(), "head");
  }

  private static void copied(ObjectStoreReplica store, long steps) {
    long unused = store.enqueue(steps);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              store.requireOwned();
              assertThat(store.statusText()).hasValue("step " + steps + " copied, 0 behind");
            });
  }

  private FakeTrainingDirectory directory(String name) throws IOException {
    FakeTrainingDirectory training = new FakeTrainingDirectory(temp.resolve(name));
    open.add(training);
    return training;
  }

  private ObjectStoreReplica open(FakeTrainingDirectory training) throws IOException {
    ObjectStoreReplica store =
        ObjectStoreReplica.open(
            SETTINGS,
            bucket,
            training.local,
            new Failures(),
            InstantSource.system(),
            () -> "name-" + names++,
            startup);
    open.add(0, store);
    return store;
  }

  private final class Failures implements ReplicaMetrics {
    @Override
    public void copied(Duration took, long bytes) {}

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread at a time
    public void failed() {
      failures++;
    }

    @Override
    public void behind(Optional<Instant> since, long steps) {}
  }
}
