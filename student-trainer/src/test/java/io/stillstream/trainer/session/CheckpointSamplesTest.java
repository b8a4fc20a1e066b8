package io.stillstream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trainings that versions of this program began, each in a checkpoint of its format. */
class CheckpointSamplesTest {
  private static final Path SAMPLES = Path.of("src/test/resources/checkpoints");

  @TempDir Path directory;

  static List<Path> samples() throws IOException {
    try (Stream<Path> all = Files.list(SAMPLES)) {
      return all.filter(sample -> Files.exists(sample.resolve(CheckpointSampleMain.CONTINUED)))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void shouldGoOn(Path sample) throws Exception {
    // given
    FrozenCheckpoint.copy(sample, directory);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);

      // when
      try (TrainingSession session = open(store)) {
        // then
        int seen = CheckpointSampleMain.SAVED_BATCHES * CheckpointSampleMain.BATCH;
        assertThat(session.isResumed()).isTrue();
        assertThat(session.training().steps()).isEqualTo(20);
        assertThat(session.training().viewsSeen()).isEqualTo(seen);
        assertThat(session.initialState().offsets()).containsExactly(Map.entry(0, (long) seen));

        // when
        CheckpointSampleMain.train(
            session,
            directory,
            CheckpointSampleMain.SAVED_BATCHES,
            CheckpointSampleMain.ALL_BATCHES,
            CheckpointSampleMain.SHARE);

        // then: the weights are the same where the processor is
        assertThat(session.training().steps()).isEqualTo(32);
        float[] expected =
            FrozenCheckpoint.weights(
                Files.readAllBytes(sample.resolve(CheckpointSampleMain.CONTINUED)));
        assertThat(expected).hasSizeGreaterThan(1000);
        assertThat(FrozenCheckpoint.weights(session.snapshot().average()))
            .usingComparatorWithPrecision(1e-3f)
            .containsExactly(expected);
        store.write(TrainingSession.content(session.initialState(), session.snapshot(), false));
      }
      try (TrainingSession again = open(store)) {
        assertThat(again.isResumed()).isTrue();
      }
    }
  }

  private TrainingSession open(CheckpointStore store) throws IOException {
    return FrozenCheckpoint.open(store, CheckpointSampleMain.config(directory));
  }
}
