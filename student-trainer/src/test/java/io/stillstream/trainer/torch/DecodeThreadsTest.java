package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.training.BatchFailedException;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.decode.DecodeMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a student learns is the same, bit for bit, with any number of threads that decode. */
class DecodeThreadsTest {
  private static final int BATCH = 8;
  private static final int UPDATES = 4;

  @Test
  void shouldTrainAClassifierToTheSameWeightsWithAnyNumberOfThreads() throws IOException {
    assertSameWeights("cnn", number -> encoded(LabeledViewFixtures.view(number)));
  }

  @Test
  void shouldTrainASegmenterToTheSameWeightsWithAnyNumberOfThreads() throws IOException {
    assertSameWeights("fcn", number -> encoded(LabeledViewFixtures.masked(number)));
  }

  private static void assertSameWeights(String name, LongFunction<LabeledView> views)
      throws IOException {
    // given: all of it on the training thread
    Map<String, String> alone = trained(name, views, 0);

    // then
    assertThat(trained(name, views, 1)).isEqualTo(alone);
    assertThat(trained(name, views, 4)).isEqualTo(alone);
  }

  /** Half of the views as PNG files, some of the others as JPEG files. */
  private static LabeledView encoded(LabeledView view) {
    long number = view.getView().getLineage().getOriginOffset();
    if (number % 4 != 3) {
      PixelEncoding encoding = number % 4 == 2 ? PixelEncoding.JPEG : PixelEncoding.PNG;
      byte[] pixels = PixelCodec.decode(view.getView());
      view.getView().setEncoding(encoding);
      view.getView()
          .setPixels(
              PixelCodec.encode(
                  encoding, view.getView().getHeight(), view.getView().getWidth(), 1, pixels));
    }
    return view;
  }

  private static Map<String, String> trained(
      String name, LongFunction<LabeledView> views, int threads) throws IOException {
    ModelSpec model = ModelFixtures.spec(name);
    LossSettings loss = GoldenFile.RECIPE.loss();
    try (DecodePool pool = DecodePool.create(threads, 2, DecodeMetrics.NONE);
        TorchStudent student =
            TorchStudent.begin(ModelFixtures.student(name), GoldenFile.RECIPE, 1)) {
      BatchBuilder batches = new BatchBuilder(model, loss, pool);
      PrequentialTracker window = TaskScorer.of(batches.output()).tracker(100);
      TeacherAwareReplay replay =
          new TeacherAwareReplay(
              ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(30), 1),
              TeacherChangePolicy.KEEP,
              new ReplaySampling(Optional.empty(), true, 7));
      OnlineTraining training =
          new OnlineTraining(
              student,
              batches,
              replay,
              window,
              BATCH,
              UPDATES,
              new MicrometerTrainerMetrics(
                  new SimpleMeterRegistry(), InstantSource.system(), model.task(), model.classes()),
              System::nanoTime);
      train(training, views(model, batches, views));
      assertThat(training.steps()).isEqualTo(7 * UPDATES + 3);
      Map<String, String> state = new TreeMap<>();
      ArchiveEntries.tensors(student.weights()).forEach((key, bytes) -> put(state, key, bytes));
      ArchiveEntries.tensors(student.average())
          .forEach((key, bytes) -> put(state, "average " + key, bytes));
      put(state, "optimiser", student.optimiser());
      state.put("window", window.save());
      state.put("random", Long.toString(replay.snapshot().buffer().random()));
      return state;
    }
  }

  private static void put(Map<String, String> state, String key, byte[] bytes) {
    state.put(key, HexFormat.of().formatHex(bytes));
  }

  private static LongFunction<TrainingExample> views(
      ModelSpec model, BatchBuilder batches, LongFunction<LabeledView> views) {
    LabeledViewValidator validator = new LabeledViewValidator(model, batches);
    return number -> {
      LabeledView view = views.apply(number);
      return validator.ordered(validator.decode(view), view);
    };
  }

  /** Full batches, a short one, one that fails, and what may come between batches. */
  private static void train(OnlineTraining training, LongFunction<TrainingExample> views) {
    training.train(range(views, 0, 8));
    training.train(range(views, 8, 16));
    training.train(range(views, 16, 24));
    List<TrainingExample> failing = range(views, 24, 31);
    failing.add(damaged(views.apply(31)));
    assertThatThrownBy(() -> training.train(failing)).isInstanceOf(BatchFailedException.class);
    training.train(range(views, 24, 32));
    assertThat(training.replay()).isPresent();
    assertThat(training.replay()).isPresent();
    // What has been built ahead has another truth now.
    for (int image = 0; image < 16; image++) {
      long number = ImageIdHash.of("image-" + image).number();
      int label = image % 3;
      assertThat(
              training.lateTruth().update(number, view -> view.withTarget(LabelTarget.of(label))))
          .isPositive();
      boolean unused = training.lateTruth().relabel(number, label);
    }
    assertThat(training.replay()).isPresent();
    training.train(range(views, 32, 37));
    assertThat(training.removeIf(view -> view.identity().index() == 1)).isPositive();
    training.train(range(views, 37, 45));
    training.train(range(views, 45, 53));
  }

  private static List<TrainingExample> range(
      LongFunction<TrainingExample> views, long from, long to) {
    return new ArrayList<>(LongStream.range(from, to).mapToObj(views).toList());
  }

  private static TrainingExample damaged(TrainingExample view) {
    byte[] half = Arrays.copyOf(view.pixels(), view.pixels().length / 2);
    return new TrainingExample(PixelEncoding.PNG, half, new float[5], null, false);
  }
}
