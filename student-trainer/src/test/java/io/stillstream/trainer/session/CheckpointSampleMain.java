package io.stillstream.trainer.session;

import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Mix;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the sample of this version's checkpoints that the next version is tested with: a training
 * after five batches of eight views, and {@value #CONTINUED}, its moving average after eight.
 *
 * <p>To be run in the directory of the module, once for each format, when its number rises: with
 * the argument {@code src/test/resources/checkpoints/format-N}.
 */
final class CheckpointSampleMain {
  /** What marks a sample that this program made. */
  static final String CONTINUED = "expected/continued.pt";

  static final int BATCH = 8;
  static final int SAVED_BATCHES = 5;
  static final int ALL_BATCHES = 8;

  /** Of the first image in a mixed view. */
  static final double SHARE = 0.75;

  private CheckpointSampleMain() {}

  public static void main(String[] args) throws Exception {
    Path directory = Files.createDirectories(Path.of(args[0]));
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      CheckpointStore store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);
      try (TrainingSession session = FrozenCheckpoint.open(store, config(directory))) {
        train(session, directory, 0, SAVED_BATCHES, SHARE);
        store.write(TrainingSession.content(state(session), session.snapshot(), false));
        train(session, directory, SAVED_BATCHES, ALL_BATCHES, SHARE);
        Path continued = directory.resolve(CONTINUED);
        Files.createDirectories(continued.getParent());
        Files.write(continued, session.snapshot().average());
      }
    }
    Files.delete(directory.resolve("lock"));
  }

  static TrainerConfig config(Path directory) {
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

  /**
   * Trains on batches of views with every part: every fourth was passed over, every fifth has no
   * label, every third is mixed.
   *
   * @param unlabeledShare of mixed views without a label; NaN as formats 3 and 5 do not keep it
   */
  static void train(
      TrainingSession session, Path directory, int from, int to, double unlabeledShare) {
    ModelSpec model = ModelSpec.load(config(directory).student(), "student");
    LabeledViewValidator validator = new LabeledViewValidator(model, new BatchBuilder(model, 0.9));
    for (int batch = from; batch < to; batch++) {
      List<TrainingExample> views = new ArrayList<>();
      for (long n = (long) BATCH * batch; n < (long) BATCH * (batch + 1); n++) {
        views.add(validator.validate(view(n, unlabeledShare)));
      }
      session.guarded().train(views);
    }
  }

  private static LabeledView view(long n, double unlabeledShare) {
    LabeledView labeled = LabeledViewFixtures.view(n);
    AugmentedView view = labeled.getView();
    if (n % 4 == 1) {
      labeled.setLogits(null);
      labeled.setTeachers(List.of());
    }
    boolean hasLabel = n % 5 != 2 || n % 4 == 1;
    if (n % 3 == 0) {
      double share = hasLabel ? SHARE : unlabeledShare;
      view.getRecipe()
          .setMix(new Mix("mixup", "images", 0, n, "image-" + n, 1, List.of(), share, null));
      view.setLabel(new Label(view.getLabel().getPrimary(), 0, SHARE));
    }
    if (!hasLabel) {
      view.setLabel(null);
    }
    return labeled;
  }

  private static TrainerState state(TrainingSession session) {
    TrainerState begin = session.initialState();
    return new TrainerState(
        begin.student(),
        begin.modelSha256(),
        begin.topic(),
        Map.of(0, session.training().viewsSeen()),
        session.training().steps(),
        session.training().viewsSeen(),
        begin.missed(),
        begin.teachers(),
        begin.policyHashes(),
        begin.loss(),
        begin.rate(),
        session.window().save(),
        begin.releaseVersion(),
        begin.releaseStep(),
        begin.ledgerBytes(),
        begin.events(),
        begin.promotion(),
        session.guarded().save(),
        begin.latestTeachers(),
        begin.forgotten(),
        begin.source(),
        begin.labels());
  }
}
