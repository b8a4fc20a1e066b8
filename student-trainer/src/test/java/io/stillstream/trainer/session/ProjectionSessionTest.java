package io.stillstream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.training.accuracy.Measure;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A student of 6 dimensions whose teacher has 9. */
class ProjectionSessionTest {
  private static final OutputShape TEACHER = OutputShape.embedding(9);
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/embedder"), "student");
  private static final int BATCH = 8;

  @TempDir Path directory;
  private DirectoryLock lock;
  private CheckpointStore store;

  @BeforeEach
  void acquire() throws IOException {
    DurableFiles disk = new DurableFiles();
    lock = DirectoryLock.acquire(directory, disk);
    store = new CheckpointStore(directory.resolve("checkpoints"), 3, lock, disk);
  }

  @AfterEach
  void unlock() throws IOException {
    lock.close();
  }

  @Test
  void shouldKeepTheProjectionInCheckpointsAndOutOfTheModule() throws IOException {
    // given
    TrainerConfig config = config("loss: {kind: cosine, projection: 9}");
    byte[] straight;
    try (TrainingSession session = open(config)) {
      train(session, config, 0, 5);
      store.write(TrainingSession.content(state(session), session.snapshot(), false));
      train(session, config, 5, 8);
      straight = session.snapshot().projection().orElseThrow();
      assertThat(session.window().measures()).containsKey(Measure.PREQUENTIAL_COSINE);
    }
    Checkpoint checkpoint = store.newest().orElseThrow();
    assertThat(checkpoint.read("projection.bin")).hasSize(8 + 2 * 4 * 6 * 9).isNotEqualTo(straight);

    // when
    try (TrainingSession resumed = open(config)) {
      assertThat(resumed.isResumed()).isTrue();
      assertThat(resumed.snapshot().projection().orElseThrow())
          .isEqualTo(checkpoint.read("projection.bin"));
      float[] answers =
          resumed.predict(
              new BatchBuilder(MODEL, config.loss()).build(views(config, 0).subList(0, 2)));

      // then
      assertThat(answers).hasSize(2 * 9);

      // when: it goes on
      train(resumed, config, 5, 8);

      // then
      assertThat(resumed.snapshot().projection().orElseThrow()).isEqualTo(straight);
    }
    assertThat(checkpoint.read("average.pt").length).isLessThan(20_000);
  }

  @Test
  void shouldRefuseToBeginOrEndAProjectionInTheMidst() throws IOException {
    // given
    TrainerConfig projected = config("loss: {kind: cosine, projection: 9}");
    try (TrainingSession session = open(projected)) {
      store.write(TrainingSession.content(session.initialState(), session.snapshot(), false));
    }

    // when
    assertThatThrownBy(() -> open(config("loss: {kind: cosine}")))
        // then
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("its training has a projection to 9, loss.projection is not set");
    assertThatThrownBy(() -> open(config("loss: {kind: cosine, projection: 7}")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("its training has a projection to 9, loss.projection was 7");
  }

  private TrainingSession open(TrainerConfig config) throws IOException {
    return SessionLoader.open(
        config,
        MODEL,
        new BatchBuilder(MODEL, config.loss()),
        store,
        new MicrometerTrainerMetrics(
            new SimpleMeterRegistry(), InstantSource.system(), MODEL.task(), List.of()));
  }

  /** What a checkpoint says of a session that has trained. */
  private static TrainerState state(TrainingSession session) {
    TrainerState initial = session.initialState();
    return new TrainerState(
        initial.student(),
        initial.modelSha256(),
        initial.topic(),
        initial.offsets(),
        session.training().steps(),
        session.training().viewsSeen(),
        0,
        List.of(),
        List.of(),
        initial.loss(),
        initial.rate(),
        session.window().save(),
        0,
        0,
        0,
        List.of(),
        initial.promotion(),
        session.guarded().save(),
        List.of(),
        Map.of(),
        initial.source(),
        initial.labels());
  }

  private static void train(TrainingSession session, TrainerConfig config, int from, int to) {
    for (int batch = from; batch < to; batch++) {
      session.guarded().train(views(config, batch));
    }
  }

  private static List<TrainingExample> views(TrainerConfig config, long batch) {
    LabeledViewValidator validator =
        new LabeledViewValidator(MODEL, new BatchBuilder(MODEL, config.loss()));
    return LongStream.range(batch * BATCH, (batch + 1) * BATCH)
        .mapToObj(ProjectionSessionTest::record)
        .map(validator::validate)
        .toList();
  }

  private static LabeledView record(long number) {
    LabeledView view = LabeledViewFixtures.view(number);
    int label = view.getView().getLabel().getPrimary();
    float[] row = new float[TEACHER.size()];
    Arrays.fill(row, label, label + 3, 1f);
    return LabeledAnswers.labeled(
        view.getView(), view.getTeachers(), row, TEACHER, OptionalInt.empty(), view.getLabeledAt());
  }

  private TrainerConfig config(String loss) {
    return YamlSettings.parse(
        """
        kafka: {bootstrap.servers: "localhost:1"}
        student: src/test/resources/students/embedder
        directory: %s
        batch: {size: 8}
        buffer: {views: 50}
        release: {gate: {enabled: false}}
        %s
        """
            .formatted(directory, loss),
        TrainerConfig.class,
        Map.of());
  }
}
