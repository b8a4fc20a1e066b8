package io.stillstream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Mix;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.training.buffer.BufferBytes;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training that an earlier version began: five batches of eight views with Muon, in a checkpoint
 * of format 5 whose buffer is in two segments. What that version had then, and after eight batches,
 * is beside it.
 */
class CheckpointFormat5Test {
  private static final Path FROZEN = Path.of("src/test/resources/checkpoints/format-5");
  private static final int BATCH = 8;

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
        assertThat(session.training().viewsSeen()).isEqualTo(5 * BATCH);
        assertThat(buffer(session)).isEqualTo(expected("buffer.bin"));
        assertThat(session.window().size()).isGreaterThan(10);
        assertThat(session.window().save()).isEqualTo(session.initialState().window());
        session.training().lateTruth().expect();
        assertThat(session.window().relabel(ImageIdHash.of("image-19").number(), 1)).isFalse();
        LabeledViewValidator validator = validator();
        for (int batch = 5; batch < 8; batch++) {
          session.guarded().train(views(validator, batch));
        }

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
    return YamlSettings.parse(
        """
        kafka: {bootstrap.servers: "localhost:1"}
        student: src/test/resources/students/mlp
        directory: %s
        batch: {size: 8}
        buffer: {views: 20}
        loss: {temperature: 2}
        optimiser: {kind: muon}
        """
            .formatted(directory),
        TrainerConfig.class,
        Map.of());
  }

  private LabeledViewValidator validator() {
    ModelSpec model = ModelSpec.load(config().student(), "student");
    return new LabeledViewValidator(model, new BatchBuilder(model, 0.9));
  }

  /** Every fourth was passed over, every fifth has no label, every third is mixed. */
  private static List<TrainingExample> views(LabeledViewValidator validator, int batch) {
    List<TrainingExample> views = new ArrayList<>();
    for (long n = (long) BATCH * batch; n < (long) BATCH * (batch + 1); n++) {
      LabeledView labeled = LabeledViewFixtures.view(n);
      AugmentedView view = labeled.getView();
      if (n % 4 == 1) {
        labeled.setLogits(null);
        labeled.setTeachers(List.of());
      }
      boolean hasLabel = n % 5 != 2 || n % 4 == 1;
      if (n % 3 == 0) {
        // Format 5 has the share of a mixed view in its label alone.
        double lambda = hasLabel ? 0.75 : Double.NaN;
        view.getRecipe()
            .setMix(new Mix("mixup", "images", 0, n, "image-" + n, 1, List.of(), lambda, null));
        view.setLabel(new Label(view.getLabel().getPrimary(), 0, 0.75));
      }
      if (!hasLabel) {
        view.setLabel(null);
      }
      views.add(validator.validate(labeled));
    }
    return views;
  }
}
