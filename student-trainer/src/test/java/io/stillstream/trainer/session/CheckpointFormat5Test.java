package io.stillstream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.buffer.BufferBytes;
import io.stillstream.trainer.training.example.LabelTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training that an earlier version began: five batches of eight views with Muon, in a checkpoint
 * of format 5 whose buffer is in two segments. What that version had then, and after eight batches,
 * is beside it.
 */
class CheckpointFormat5Test {
  private static final Path FROZEN = Path.of("src/test/resources/checkpoints/format-5");

  @TempDir Path directory;

  @Test
  void shouldGoOnFromACheckpointOfFormat5() throws Exception {
    // given
    FrozenCheckpoint.copy(FROZEN, directory);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);
      assertThat(store.newest().orElseThrow().segments()).hasSize(2);

      // when
      byte[] saved;
      try (TrainingSession session = FrozenCheckpoint.open(store, config())) {
        assertThat(session.training().steps()).isEqualTo(20);
        assertThat(session.training().viewsSeen()).isEqualTo(40);
        assertThat(buffer(session)).isEqualTo(expected("buffer.bin"));
        assertThat(session.window().size()).isGreaterThan(10);
        assertThat(session.window().save()).isEqualTo(session.initialState().window());
        session.training().lateTruth().expect();
        assertThat(session.window().relabel(ImageIdHash.of("image-19").number(), 1)).isFalse();
        CheckpointSampleMain.train(session, directory, 5, 8, Double.NaN);

        // then: whole numbers are the same anywhere, weights where the processor is
        assertThat(buffer(session)).isEqualTo(expected("buffer-later.bin"));
        float[] average = FrozenCheckpoint.weights(expected("average.pt"));
        assertThat(average).hasSizeGreaterThan(1000);
        assertThat(FrozenCheckpoint.weights(session.snapshot().average()))
            .usingComparatorWithPrecision(1e-3f)
            .containsExactly(average);

        // when: labels come for what an earlier version has saved
        session
            .training()
            .lateTruth()
            .update(
                session.snapshot().buffer().buffer().views()[0].view().image(),
                view -> view.withTarget(LabelTarget.of(4)));
        saved = buffer(session);
        assertThat(saved).isNotEqualTo(expected("buffer-later.bin"));
        store.write(TrainingSession.content(session.initialState(), session.snapshot(), false));
      }

      // then
      Checkpoint upgraded = store.newest().orElseThrow();
      assertThat(Files.readString(upgraded.directory().resolve(CheckpointStore.MANIFEST)))
          .contains("\"format\" : 6");
      try (TrainingSession again = FrozenCheckpoint.open(store, config())) {
        assertThat(buffer(again)).isEqualTo(saved);
      }
    }
  }

  private static byte[] expected(String name) throws Exception {
    return Files.readAllBytes(FROZEN.resolve("expected").resolve(name));
  }

  private static byte[] buffer(TrainingSession session) {
    return BufferBytes.of(session.snapshot().buffer());
  }

  private TrainerConfig config() {
    return CheckpointSampleMain.config(directory);
  }
}
