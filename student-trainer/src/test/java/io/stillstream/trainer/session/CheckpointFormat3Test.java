package io.stillstream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.ledger.LedgerMetrics;
import io.stillstream.trainer.ledger.LedgerSettings;
import io.stillstream.trainer.training.accuracy.GateMetric;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.buffer.BufferBytes;
import io.stillstream.trainer.training.comparison.PairedComparison;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training of class logits that an earlier version began: five batches of eight views with Muon,
 * in a checkpoint of format 3. What that version had after eight is beside it.
 */
class CheckpointFormat3Test {
  private static final Path FROZEN = Path.of("src/test/resources/checkpoints/format-3");

  @TempDir Path directory;

  @Test
  void shouldReadEverythingInACheckpointOfFormat3() throws Exception {
    // given
    FrozenCheckpoint.copy(FROZEN, directory);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);
      Checkpoint frozen = store.newest().orElseThrow();

      // when
      try (TrainingSession session = FrozenCheckpoint.open(store, config());
          Ledger ledger =
              new Ledger(
                  directory.resolve("ledger.jsonl"),
                  session.initialState().ledgerBytes(),
                  lock,
                  disk,
                  new LedgerSettings(1 << 20, Optional.empty()),
                  InstantSource.system(),
                  LedgerMetrics.NONE)) {
        SessionSnapshot read = session.snapshot();

        // then
        assertThat(session.isResumed()).isTrue();
        assertSameTensors(read.weights(), frozen.read("weights.pt"));
        assertSameTensors(read.average(), frozen.read("average.pt"));
        assertThat(read.optimiser()).isEqualTo(frozen.read("optimiser.bin"));
        assertThat(buffer(read)).isEqualTo(frozen.read("buffer.bin"));
        // Among them are views with all parts, passed over, and without a label.
        assertThat(parts(frozen)).hasSize(20).contains(63, 2 + 16, 1 + 4 + 8 + 16);
        assertThat(session.training().steps()).isEqualTo(20);
        assertThat(session.training().viewsSeen()).isEqualTo(40);
        assertThat(session.window().save()).isEqualTo(session.initialState().window());
        assertThat(ledger.sync()).isEqualTo(session.initialState().ledgerBytes());
        assertSameState(session, frozen);
      }
    }
  }

  @Test
  void shouldGoOnFromACheckpointOfFormat3() throws Exception {
    // given
    FrozenCheckpoint.copy(FROZEN, directory);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);

      // when
      try (TrainingSession session = FrozenCheckpoint.open(store, config())) {
        CheckpointSampleMain.train(session, directory, 5, 8, Double.NaN);

        // then: whole numbers are the same anywhere, weights where the processor is
        SessionSnapshot after = session.snapshot();
        assertThat(session.training().steps()).isEqualTo(32);
        assertThat(buffer(after))
            .isEqualTo(Files.readAllBytes(FROZEN.resolve("expected/buffer.bin")));
        float[] expected =
            FrozenCheckpoint.weights(Files.readAllBytes(FROZEN.resolve("expected/average.pt")));
        assertThat(expected).hasSizeGreaterThan(1000);
        assertThat(FrozenCheckpoint.weights(after.average()))
            .usingComparatorWithPrecision(1e-3f)
            .containsExactly(expected);
        store.write(TrainingSession.content(session.initialState(), after, false));
      }
      try (TrainingSession again = FrozenCheckpoint.open(store, config())) {
        assertThat(buffer(again.snapshot()))
            .isEqualTo(Files.readAllBytes(FROZEN.resolve("expected/buffer.bin")));
      }
    }
  }

  /** Bit for bit; the files around them have ids that may differ. */
  private static void assertSameTensors(byte[] actual, byte[] expected) throws IOException {
    assertThat(FrozenCheckpoint.weights(expected)).hasSizeGreaterThan(1000);
    assertThat(FrozenCheckpoint.weights(actual)).isEqualTo(FrozenCheckpoint.weights(expected));
  }

  /** Each field of the frozen state, in what would be written of it now. */
  private static void assertSameState(TrainingSession session, Checkpoint frozen)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<String, CheckpointStore.FileContent> files = new LinkedHashMap<>();
    session.initialState().addTo(files);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    files.get("state.json").writeTo(new DataOutputStream(out));
    JsonNode now = json.readTree(out.toByteArray());
    JsonNode then = json.readTree(frozen.read("state.json"));
    assertThat(then.fieldNames())
        .toIterable()
        .hasSize(21)
        .allSatisfy(field -> assertThat(now.get(field)).as(field).isEqualTo(then.get(field)));
    assertThat(json.readTree(json.writeValueAsBytes(session.guarded().save())))
        .isEqualTo(then.get("watch"));
    PairedComparison comparison =
        new PairedComparison(TaskScorer.of(OutputShape.classification(5)), GateMetric.AUTO, 100);
    comparison.restore(session.initialState().promotion().comparison());
    assertThat(comparison.totals()).isEqualTo(new PairedComparison.Totals(5, 3, 3, 2));
    assertThat(comparison.save()).isEqualTo(session.initialState().promotion().comparison());
  }

  /** What the views in the buffer consist of, as its format names it. */
  private static List<Integer> parts(Checkpoint frozen) throws IOException {
    try (DataInputStream in = frozen.open("buffer.bin")) {
      FrozenCheckpoint.skipToRandom(in);
      in.readLong();
      in.skipNBytes(8L * in.readInt());
      return FrozenCheckpoint.views(in).stream().map(FrozenCheckpoint.View::parts).toList();
    }
  }

  private static byte[] buffer(SessionSnapshot snapshot) {
    return BufferBytes.of(snapshot.buffer());
  }

  private TrainerConfig config() {
    return CheckpointSampleMain.config(directory);
  }
}
