package io.stillstream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.ledger.LedgerMetrics;
import io.stillstream.trainer.ledger.LedgerSettings;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainingEvent;
import io.stillstream.trainer.training.buffer.BufferBytes;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training that an earlier version began: five batches of eight views, in a checkpoint of format
 * 1. What that version would have had after eight is beside it.
 */
class CheckpointUpgradeTest {
  private static final Path FROZEN = Path.of("src/test/resources/checkpoints/format-1");
  private static final int BATCH = 8;

  @TempDir Path directory;

  @Test
  void shouldGoOnFromACheckpointOfFormat1() throws Exception {
    // given
    FrozenCheckpoint.copy(FROZEN, directory);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);

      // when
      try (TrainingSession session = open(store);
          Ledger ledger =
              new Ledger(
                  directory.resolve("ledger.jsonl"),
                  session.initialState().ledgerBytes(),
                  lock,
                  disk,
                  new LedgerSettings(1 << 20, Optional.empty()),
                  InstantSource.system(),
                  LedgerMetrics.NONE)) {
        assertThat(session.isResumed()).isTrue();
        assertThat(session.initialState().source()).isEqualTo(TopicIdentity.UNKNOWN);
        assertThat(session.training().steps()).isEqualTo(20);
        assertThat(session.training().viewsSeen()).isEqualTo(5 * BATCH);
        assertThat(session.initialState().offsets()).containsExactly(Map.entry(0, 5L * BATCH));
        assertThat(ledger.sync()).isEqualTo(session.initialState().ledgerBytes());
        for (int batch = 5; batch < 8; batch++) {
          session.training().train(views(batch));
        }

        // then: whole numbers are the same anywhere, weights where the processor is
        assertThat(pixels(session)).isEqualTo(frozenPixels());
        assertThat(session.training().steps()).isEqualTo(32);
        store.write(TrainingSession.content(session.initialState(), session.snapshot(), false));
      }
      Checkpoint upgraded = store.newest().orElseThrow();
      assertThat(upgraded.sequence()).isEqualTo(2);
      assertThat(upgraded.has("buffer-index.bin")).isTrue();
      assertThat(upgraded.has("reservoir.bin")).isFalse();
      assertThat(upgraded.segments()).hasSize(1);
      float[] expected =
          FrozenCheckpoint.weights(Files.readAllBytes(FROZEN.resolve("expected/average.pt")));
      assertThat(expected).hasSizeGreaterThan(1000);
      assertThat(FrozenCheckpoint.weights(upgraded.read("average.pt")))
          .usingComparatorWithPrecision(1e-3f)
          .containsExactly(expected);
      try (TrainingSession again = open(store)) {
        assertThat(again.isResumed()).isTrue();
        assertThat(again.training().teacher()).isNotZero();
      }
    }
  }

  /** Another optimiser and temperature, as for a training that never said which it wants. */
  @Test
  void shouldGoOnWithTheDefaultsOfThisVersion() throws Exception {
    // given
    FrozenCheckpoint.copy(FROZEN, directory);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);

      // when
      try (TrainingSession session = FrozenCheckpoint.open(store, config(""))) {
        List<TrainingEvent> events = new ArrayList<>();
        List<StepReport> reports = new ArrayList<>();
        for (int batch = 5; batch < 105; batch++) {
          GuardedTraining.BatchResult result = session.guarded().train(views(batch));
          events.addAll(result.events());
          reports.addAll(result.reports());
        }

        // then
        assertThat(reports).hasSize(400).noneMatch(StepReport::skipped);
        assertThat(events).noneMatch(event -> event.kind() == TrainingEvent.Kind.ROLLBACK);
        assertThat(reports.get(399).loss()).isLessThan(reports.get(0).loss());
      }
    }
  }

  private TrainingSession open(CheckpointStore store) throws IOException {
    return FrozenCheckpoint.open(store, config());
  }

  /** What that version had as defaults. */
  private TrainerConfig config() {
    return config("loss: {temperature: 4}\noptimiser: {kind: adamw}\n");
  }

  private TrainerConfig config(String more) {
    return YamlSettings.parse(
        """
        kafka: {bootstrap.servers: "localhost:1"}
        student: src/test/resources/students/mlp
        directory: %s
        batch: {size: 8}
        buffer: {views: 20}
        """
                .formatted(directory)
            + more,
        TrainerConfig.class,
        Map.of());
  }

  private List<TrainingExample> views(int batch) {
    ModelSpec model = ModelSpec.load(config().student(), "student");
    LabeledViewValidator examiner = new LabeledViewValidator(model, new BatchBuilder(model, 0.9));
    List<TrainingExample> views = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      views.add(examiner.validate(LabeledViewFixtures.view((long) BATCH * batch + i)));
    }
    return views;
  }

  /** The state of the randomness and the pixels of the views, by place. */
  private static List<ByteBuffer> pixels(TrainingSession session) throws IOException {
    byte[] bytes = BufferBytes.of(session.snapshot().buffer());
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    FrozenCheckpoint.skipToRandom(in);
    long random = in.readLong();
    in.skipNBytes(8L * in.readInt());
    return pixels(random, in);
  }

  private static List<ByteBuffer> frozenPixels() throws IOException {
    try (DataInputStream in =
        new DataInputStream(Files.newInputStream(FROZEN.resolve("expected/reservoir.bin")))) {
      in.skipNBytes(8);
      return pixels(in.readLong(), in);
    }
  }

  private static List<ByteBuffer> pixels(long random, DataInputStream in) throws IOException {
    List<ByteBuffer> pixels = new ArrayList<>();
    pixels.add(ByteBuffer.allocate(8).putLong(0, random));
    FrozenCheckpoint.views(in).forEach(view -> pixels.add(view.pixels()));
    return pixels;
  }
}
