package io.stillstream.trainer.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.runtime.startup.StartupWait;
import io.stillstream.trainer.replica.objectstore.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One attempt after the other, without a thread. */
class ReplicatorTest {
  private final InMemoryObjectStore bucket = new InMemoryObjectStore();
  private final List<FakeTrainingDirectory> open = new ArrayList<>();
  private int names;

  @TempDir Path temp;

  @AfterEach
  void close() throws Exception {
    for (FakeTrainingDirectory each : open) {
      each.close();
    }
  }

  @Test
  void shouldDeleteWhatAnAttemptLeftBeforeTheNextOne() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    here.train(4);
    copier.replicate();
    bucket.fails = key -> key.endsWith("weights.pt.0");

    // when
    for (long steps = 8; steps <= 20; steps += 4) {
      here.train(steps);
      assertThatThrownBy(copier::replicate).hasMessageContaining("cut off");
    }

    // then
    assertThat(bucket.list("cnn/runs/"))
        .filteredOn(key -> key.endsWith("buffer.bin.0"))
        .as("of step 4, and of the last attempt")
        .hasSize(2);
  }

  @Test
  void shouldCopyThoughLeftoversCannotBeListed() throws Exception {
    // given
    bucket.listed = false;
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    here.train(4);

    // then
    assertThat(copier.replicate()).isEqualTo(4);

    // when
    bucket.write("cnn/runs/000000000001-lost/weights.pt.0", new byte[1], 1);
    bucket.listed = true;
    copier.replicate();

    // then
    assertThat(bucket.list("cnn/runs/"))
        .containsExactlyInAnyOrderElementsOf(
            head().keys().stream().map(key -> "cnn/" + key).toList());
  }

  @Test
  void shouldDeleteNothingThatALaterOwnerNames() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    here.train(4);
    copier.replicate();
    bucket.goesAway = true;
    here.train(8);
    assertThatThrownBy(copier::replicate).hasMessageContaining("no answer");

    // when
    FakeTrainingDirectory there = directory("there");
    copier(there).replicate();
    here.train(12);
    assertThatThrownBy(copier::replicate).isInstanceOf(FencedException.class);

    // then
    assertThat(there.steps()).isEqualTo(8);
    assertThat(head().keys())
        .isNotEmpty()
        .allMatch(key -> bucket.objects.containsKey("cnn/" + key));
  }

  @Test
  void shouldGoOnAfterAHeadWhoseAnswerWasLost() throws Exception {
    // given
    FakeTrainingDirectory here = directory("here");
    Replicator copier = copier(here);
    here.train(4);
    copier.replicate();
    bucket.goesAway = true;
    here.train(8);
    assertThatThrownBy(copier::replicate).hasMessageContaining("no answer");

    // when
    here.train(12);
    assertThatThrownBy(copier::replicate).hasMessageContaining("is not as it was");
    copier.replicate();

    // then
    assertThat(head().checkpoints())
        .extracting(ReplicaManifest.StoredCheckpoint::steps)
        .containsExactly(12L, 8L);
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
    return opening.copier(2, new Silent());
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
