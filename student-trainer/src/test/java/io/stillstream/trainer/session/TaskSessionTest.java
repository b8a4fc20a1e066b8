package io.stillstream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.evaluation.ModelCardMetrics;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.accuracy.TaskViews;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains students of segmentation and embedding for some batches, and looks at what is measured.
 */
class TaskSessionTest {
  private static final int BATCH = 16;
  private static final int BATCHES = 60;
  private static final OutputShape CELLS = OutputShape.segmentation(3, 4, 6, 2);
  private static final OutputShape VECTOR = OutputShape.embedding(6);

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private DirectoryLock lock;
  private ModelSpec model;
  private BatchBuilder batches;

  @AfterEach
  void unlock() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }

  @Test
  void shouldMeasureASegmentation() throws IOException {
    try (TrainingSession session = open("fcn", "evaluation: {images: 100}")) {
      // when
      train(session, TaskSessionTest::segmented);

      // then
      assertMeasured(session, "student.prequential.mean.iou", "prequential_mean_iou", 0.7);
      ReleaseMeasurements measured = new ModelCardMetrics(session, Optional.empty()).now(0.5);
      Map<String, Double> card = measured.metrics();
      assertThat(measured.confusion().orElseThrow().images()).isEqualTo(session.window().size());
      assertThat(card)
          .containsOnlyKeys(
              "loss",
              "prequential_mean_iou",
              "prequential_pixel_accuracy",
              "teacher_mean_iou",
              "teacher_agreement_mean_iou",
              "teacher_agreement_pixels")
          .containsEntry("teacher_mean_iou", 1.0);
      assertThat(session.window().agreement()).hasValue(card.get("teacher_agreement_pixels"));
      long[][] confusion = session.confusion().orElseThrow();
      assertThat(confusion).hasNumberOfRows(3);
      assertThat(
              LongStream.of(confusion[0]).sum()
                  + LongStream.of(confusion[1]).sum()
                  + LongStream.of(confusion[2]).sum())
          .isEqualTo(100L * CELLS.cells());
    }
  }

  @Test
  void shouldMeasureAnEmbedding() throws IOException {
    try (TrainingSession session = open("embedder", "loss: {kind: cosine}")) {
      // when
      train(session, TaskSessionTest::embedded);

      // then
      assertMeasured(session, "student.prequential.cosine", "prequential_cosine", 0.7);
      assertThat(session.confusion()).isEmpty();
      assertThat(new ModelCardMetrics(session, Optional.empty()).now(0.5).confusion()).isEmpty();
      assertThat(session.window().studentAccuracy()).isEmpty();
    }
  }

  @Test
  void shouldRefuseAGateByATruthThatEmbeddingsDoNotHave() {
    assertThatThrownBy(
            () -> open("embedder", "loss: {kind: cosine}\nrelease: {gate: {metric: accuracy}}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("release.gate.metric must be auto or agreement");
  }

  private void assertMeasured(TrainingSession session, String meter, String key, double least) {
    double latest = session.window().newest(100).measures().values().iterator().next();
    Map<String, Double> card = new ModelCardMetrics(session, Optional.empty()).now(0.5).metrics();
    assertThat(latest).as("after learning").isGreaterThan(least);
    assertThat(meters.get(meter).gauge().value()).isEqualTo(card.get(key));
    PrequentialTracker restored = TaskScorer.of(model.output()).tracker(2000);
    restored.restore(session.window().save());
    assertThat(restored.measures()).isEqualTo(session.window().measures());
  }

  private void train(TrainingSession session, LongFunction<LabeledView> views) {
    LabeledViewValidator validator = new LabeledViewValidator(model, batches);
    for (long batch = 0; batch < BATCHES; batch++) {
      session
          .guarded()
          .train(
              LongStream.range(batch * BATCH, (batch + 1) * BATCH)
                  .mapToObj(views)
                  .map(validator::validate)
                  .toList());
    }
  }

  private TrainingSession open(String student, String more) throws IOException {
    TrainerConfig config =
        YamlSettings.parse(
            """
            kafka: {}
            student: src/test/resources/students/%s
            directory: "%s"
            batch: {size: %d}
            %s
            """
                .formatted(student, directory, BATCH, more),
            TrainerConfig.class,
            Map.of());
    DurableFiles disk = new DurableFiles();
    lock = DirectoryLock.acquire(directory, disk);
    model = ModelSpec.load(config.student(), "student");
    batches = new BatchBuilder(model, config.loss());
    return SessionLoader.open(
        config,
        model,
        batches,
        new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk),
        new MicrometerTrainerMetrics(
            meters, InstantSource.system(), model.task(), model.classes()));
  }

  /** Dark on the left; a brightness for each of two classes on the right. */
  private static LabeledView segmented(long number) {
    int border = 2 + 2 * (int) (number / 2 % 5);
    int right = 1 + (int) (number / 2 / 5 % 2);
    byte[] pixels = new byte[96];
    byte[] mask = new byte[96];
    int[] cells = new int[CELLS.cells()];
    for (int i = 0; i < 96; i++) {
      boolean isRight = i % 12 >= border;
      pixels[i] = (byte) (isRight ? 60 + 80 * right : 10);
      mask[i] = (byte) (isRight ? right : 0);
      cells[i / 12 / 2 * 6 + i % 12 / 2] = mask[i];
    }
    AugmentedView view = LabeledViewFixtures.view(number).getView();
    view.setLabel(null);
    view.setWidth(12);
    view.setPixels(ByteBuffer.wrap(pixels));
    view.setMask(MaskCodec.encode(new SegmentationMask(8, 12, mask)));
    return answered(number, view, TaskViews.favouring(CELLS, cells), CELLS);
  }

  /** A direction for each label. */
  private static LabeledView embedded(long number) {
    AugmentedView view = LabeledViewFixtures.view(number).getView();
    float[] vector = {1, 1, 1, 1, 1, 1};
    vector[view.getLabel().getPrimary()] = 4;
    return answered(number, view, vector, VECTOR);
  }

  private static LabeledView answered(
      long number, AugmentedView view, float[] row, OutputShape output) {
    return LabeledAnswers.labeled(
        view,
        LabeledViewFixtures.view(number).getTeachers(),
        row,
        output,
        OptionalInt.empty(),
        Instant.ofEpochSecond(1_700_000_002));
  }
}
