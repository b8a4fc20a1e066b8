package io.stillstream.trainer.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.checkpoint.segment.BufferDirectory;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.replica.ReplicaManifest.StoredCheckpoint;
import io.stillstream.trainer.replica.ReplicaManifest.StoredFile;
import io.stillstream.trainer.replica.objectstore.InMemoryObjectStore;
import io.stillstream.trainer.training.buffer.BufferBytes;
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
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments in the store, one attempt after the other. */
class SegmentReplicaTest {
  private final InMemoryObjectStore bucket = new InMemoryObjectStore();
  private final List<FakeTrainingDirectory> open = new ArrayList<>();
  private final List<Long> sent = new ArrayList<>();
  private int names;

  @TempDir Path temp;

  @AfterEach
  void close() throws Exception {
    for (FakeTrainingDirectory each : open) {
      each.close();
    }
  }

  @Test
  void shouldSendEachSegmentOnce() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 80);
    copier.replicate();
    StoredFile first = head().checkpoints().get(0).segments().get(0);

    // when
    train(here, 8, 80, 84);
    copier.replicate();

    // then
    assertThat(head().checkpoints().get(0).segments()).hasSize(2).contains(first);
    assertThat(sent.get(1)).isLessThan(sent.get(0) / 2);
    assertNothingElse();
  }

  @Test
  void shouldDeleteSegmentsThatNoCopyNeeds() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 100);
    copier.replicate();
    StoredFile first = head().checkpoints().get(0).segments().get(0);

    // when
    for (long step = 8; step <= 16; step += 4) {
      train(here, step, 100 * step, 100 * step + 100);
      copier.replicate();
    }

    // then
    assertThat(bucket.objects).doesNotContainKey("cnn/" + first.parts().get(0).key());
    assertNothingElse();
  }

  @Test
  void shouldGoOnElsewhereWithTheSameBuffer() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 80);
    copier.replicate();
    train(here, 8, 80, 120);
    copier.replicate();

    // when
    FakeTrainingDirectory there = directory("there");
    Replicator other = copier(there);

    // then
    assertThat(there.steps()).isEqualTo(8);
    assertThat(there.buffer()).isEqualTo(BufferBytes.of(here.replay.snapshot()));

    // when: what it goes on with is there already, but for what is new
    Map<String, byte[]> before = Map.copyOf(bucket.objects);
    assertThat(other.replicate()).isEqualTo(8);
    there.train(12);
    other.replicate();

    // then
    for (StoredFile segment : head().checkpoints().get(1).segments()) {
      assertThat(before).containsKey("cnn/" + segment.parts().get(0).key());
    }
    assertNothingElse();
  }

  @Test
  void shouldUseTheOneBeforeWhenASegmentOfTheNewestIsDamaged() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 80);
    copier.replicate();
    byte[] before = BufferBytes.of(here.replay.snapshot());
    train(here, 8, 80, 84);
    copier.replicate();
    damage(head().checkpoints().get(0).segments().get(1));

    // when
    FakeTrainingDirectory there = directory("there");
    copier(there);

    // then
    assertThat(there.steps()).isEqualTo(4);
    assertThat(there.buffer()).isEqualTo(before);
    assertThat(there.directory.resolve("checkpoints/segments"))
        .isDirectoryNotContaining("glob:**.new");

    // when: all need it
    damage(head().checkpoints().get(0).segments().get(0));
    FakeTrainingDirectory elsewhere = directory("elsewhere");

    // then
    assertThatThrownBy(() -> copier(elsewhere))
        .isInstanceOf(CorruptObjectException.class)
        .hasMessageContaining("all 2 checkpoints");
    assertThat(elsewhere.directory.resolve("checkpoints/segments")).isEmptyDirectory();
  }

  @Test
  void shouldShowNothingOfACopyThatWasCutOffBetweenSegments() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 80);
    copier.replicate();
    train(here, 8, 80, 84);
    bucket.fails = key -> key.contains("/segments/");

    // when
    assertThatThrownBy(copier::replicate).hasMessageContaining("cut off");

    // then
    assertThat(head().checkpoints()).extracting(StoredCheckpoint::steps).containsExactly(4L);
    bucket.fails = key -> false;
    assertThat(copier.replicate()).isEqualTo(8);
    assertNothingElse();
  }

  @Test
  void shouldNotSendASegmentThatIsDamagedHere() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 80);
    Checkpoint newest = here.checkpoints.newest().orElseThrow();
    Path segment = newest.segment(newest.segments().keySet().iterator().next());
    byte[] bytes = Files.readAllBytes(segment);
    bytes[100] ^= 1;
    Files.write(segment, bytes);

    // when
    assertThatThrownBy(copier::replicate)
        .hasMessageContaining(segment.getFileName().toString())
        .hasMessageContaining("should be");

    // then
    assertThat(head().checkpoints()).isEmpty();
    here.train(8);
    assertThat(copier.replicate()).isEqualTo(8);
  }

  @Test
  void shouldKeepNoSegmentFromBeforeSomethingWasForgotten() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 50);
    copier.replicate();
    StoredFile first = head().checkpoints().get(0).segments().get(0);

    // when
    assertThat(here.replay.removeIf(view -> view.image() == 7)).isEqualTo(1);
    here.train(8, Map.of(0, 1L));
    copier.replicate();

    // then
    assertThat(head().checkpoints()).hasSize(1);
    assertThat(bucket.objects).doesNotContainKey("cnn/" + first.parts().get(0).key());
    assertNothingElse();
  }

  @Test
  void shouldMendADirectoryWithTheSegmentsThatItLost() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    train(here, 4, 0, 50);
    copier.replicate();
    byte[] expected = here.buffer();
    Checkpoint newest = here.checkpoints.newest().orElseThrow();
    Path segment = newest.segment(newest.segments().keySet().iterator().next());
    Files.write(segment, new byte[7]);

    // when
    copier(here);

    // then
    assertThat(here.steps()).isEqualTo(4);
    assertThat(here.buffer()).isEqualTo(expected);
  }

  @Test
  void shouldTakeAStoreOfAnEarlierVersionOver() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    here.train(4);
    copier(here).replicate();
    String head = new String(bucket.objects.get("cnn/head.json"), UTF_8);
    bucket.objects.put(
        "cnn/head.json",
        head.replace("\"format\" : " + ReplicaManifest.FORMAT, "\"format\" : 1")
            .replaceAll("\"segments\" : \\[ ],", "")
            .getBytes(UTF_8));
    assertThat(head().format()).isEqualTo(1);
    assertThat(new String(bucket.objects.get("cnn/head.json"), UTF_8)).doesNotContain("segments");

    // when
    train(here, 8, 0, 10);
    copier(here).replicate();

    // then: earlier versions would delete segments, and refuse it now
    assertThat(head().format()).isEqualTo(ReplicaManifest.FORMAT);
    assertThat(head().checkpoints().get(0).segments()).hasSize(1);
    assertThat(head().checkpoints().get(1).segments()).isEmpty();
  }

  private static void train(FakeTrainingDirectory training, long steps, long from, long to)
      throws IOException {
    training.replay.offer(LongStream.range(from, to).mapToObj(BufferDirectory::view).toList());
    training.train(steps);
  }

  private void damage(StoredFile file) {
    bucket.objects.put("cnn/" + file.parts().get(0).key(), "other".getBytes(UTF_8));
  }

  private void assertNothingElse() throws IOException {
    assertThat(bucket.list("cnn/runs/"))
        .containsExactlyInAnyOrderElementsOf(
            head().keys().stream().map(key -> "cnn/" + key).toList());
  }

  private ReplicaManifest head() throws IOException {
    return ReplicaManifest.read(bucket.read("cnn/head.json").orElseThrow().bytes(), "head");
  }

  private FakeTrainingDirectory directory(String name) throws IOException {
    FakeTrainingDirectory training = new FakeTrainingDirectory(temp.resolve(name));
    open.add(training);
    return training;
  }

  private Replicator copier(FakeTrainingDirectory training) throws IOException {
    ReplicaBootstrap opening =
        new ReplicaBootstrap(
            training.local, bucket, "cnn/", () -> "name-" + names++, InstantSource.system());
    opening.restore(StartupWait.of(StartSettings.defaults()));
    return opening.copier(2, new Sent());
  }

  private final class Sent implements ReplicaMetrics {
    @Override
    public void copied(Duration took, long bytes) {
      sent.add(bytes);
    }

    @Override
    public void failed() {}

    @Override
    public void behind(Optional<Instant> since, long steps) {}
  }
}
