package io.stillstream.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.model.IdxFile;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.GuardedTraining;
import io.stillstream.trainer.training.OnlineTraining;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.TrainingEvent;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.divergence.DivergenceSettings;
import io.stillstream.trainer.training.drift.DriftSettings;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.MuonSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How training with the default settings follows a stream of clothes that changes. */
class DriftAdaptationTest {
  private static final int BATCH = 128;
  private static final int VIEWS = 4;
  private static final int TROUSER = 1;
  private static final int BAG = 8;
  private static final DivergenceSettings GUARD =
      new DivergenceSettings(6, 3, 50, 100, 10, 0.5, 2000, 3, 10_000);
  private static final DriftSettings DRIFT = new DriftSettings(1e-4, true, 1, 1000, true);

  private final Path data = Path.of("../deploy/data/fashion-mnist");
  private final IdxFile images = IdxFile.read(data.resolve("train-images-idx3-ubyte.gz"), 3);
  private final IdxFile labels = IdxFile.read(data.resolve("train-labels-idx1-ubyte.gz"), 1);
  private final ModelSpec model = ModelSpec.load(Path.of("../deploy/models/mlp"), "student");
  private final Random random = new Random(1);
  private final PrequentialWindow window = new PrequentialWindow(2000);
  private final List<TrainingEvent> incidents = new ArrayList<>();

  @Tag("slow")
  @Test
  void shouldNoticeAndFollowATeacherThatFlipsTwoClasses() throws IOException {
    // given
    try (TorchStudent student = student()) {
      GuardedTraining training = training(student);
      feed(training, IntStream.range(0, count()).toArray(), label -> label);
      assertThat(incidents).as("the same stream all the time").isEmpty();
      assertThat(window.agreement().orElseThrow()).isGreaterThan(0.75);

      // when
      IntUnaryOperator flipped = label -> label == TROUSER ? BAG : label == BAG ? TROUSER : label;
      feed(training, IntStream.range(0, 5_000 / VIEWS).toArray(), flipped);

      // then: noticed within 5,000 views
      assertThat(incidents).isNotEmpty();
      assertThat(incidents).allMatch(incident -> incident.kind() == TrainingEvent.Kind.DRIFT);
      assertThat(
              String.join(", ", incidents.stream().map(i -> i.details().get("signals")).toList()))
          .contains("class-" + TROUSER, "class-" + BAG);

      // when
      feed(training, IntStream.range(5_000 / VIEWS, 20_000 / VIEWS).toArray(), flipped);

      // then: and followed within 20,000
      PrequentialWindow now = window.newest(500);
      assertThat(now.agreement(TROUSER).orElseThrow()).isGreaterThan(0.8);
      assertThat(now.agreement(BAG).orElseThrow()).isGreaterThan(0.8);
      assertThat(incidents).allMatch(incident -> incident.kind() == TrainingEvent.Kind.DRIFT);
      training.close();
    }
  }

  @Tag("slow")
  @Test
  void shouldTakeNewClassesNeitherForADivergenceNorForAnotherTeacher() throws IOException {
    // given
    try (TorchStudent student = student()) {
      GuardedTraining training = training(student);

      // when: two classes at a time
      for (int task = 0; task < 5; task++) {
        int first = 2 * task;
        feed(
            training,
            IntStream.range(0, count())
                .filter(i -> label(i) == first || label(i) == first + 1)
                .limit(1_500)
                .toArray(),
            label -> label);
      }

      // then
      assertThat(incidents).isNotEmpty();
      assertThat(incidents).allMatch(incident -> incident.kind() == TrainingEvent.Kind.DRIFT);
      assertThat(incidents)
          .noneMatch(incident -> incident.details().containsKey("forgotten_views"));
      training.close();
    }
  }

  private void feed(GuardedTraining training, int[] numbers, IntUnaryOperator teacher) {
    List<TrainingExample> batch = new ArrayList<>();
    for (int number : numbers) {
      float[] logits = new float[10];
      logits[teacher.applyAsInt(label(number))] = 9;
      for (int index = 0; index < VIEWS; index++) {
        byte[] pixels = index == 0 ? pixels(number) : shifted(pixels(number));
        batch.add(new TrainingExample(PixelEncoding.RAW, pixels, logits, null, index == 0));
        if (batch.size() == BATCH) {
          incidents.addAll(training.train(batch).events());
          batch.clear();
        }
      }
    }
  }

  private int count() {
    return images.size(0);
  }

  private int label(int number) {
    return labels.data()[number];
  }

  private byte[] pixels(int number) {
    byte[] pixels = new byte[784];
    System.arraycopy(images.data(), number * 784, pixels, 0, 784);
    return pixels;
  }

  /** By up to two pixels each way. */
  private byte[] shifted(byte[] pixels) {
    int down = random.nextInt(5) - 2;
    int right = random.nextInt(5) - 2;
    byte[] shifted = new byte[784];
    for (int y = Math.max(0, down); y < Math.min(28, 28 + down); y++) {
      for (int x = Math.max(0, right); x < Math.min(28, 28 + right); x++) {
        shifted[28 * y + x] = pixels[28 * (y - down) + x - right];
      }
    }
    return shifted;
  }

  private TorchStudent student() throws IOException {
    Hyperparameters recipe =
        new Hyperparameters(
            loss(),
            new OptimiserSettings(
                OptimiserSettings.Kind.ADAMW,
                4e-3,
                1e-4,
                5,
                0.9,
                true,
                new ScheduleSettings(ScheduleKind.CONSTANT, 0, 10_000, 1, 0),
                new MuonSettings(0.02)),
            0.999,
            1,
            42);
    return TorchStudent.begin(Files.readAllBytes(model.file()), recipe, 1);
  }

  private static LossSettings loss() {
    return new LossSettings(
        LossSettings.Kind.KD, 4, 0.9, 0, new DkdSettings(1, 8), new DistSettings(2, 2));
  }

  private GuardedTraining training(TorchStudent student) {
    TrainerMetrics silent =
        (TrainerMetrics)
            Proxy.newProxyInstance(
                TrainerMetrics.class.getClassLoader(),
                new Class<?>[] {TrainerMetrics.class},
                (proxy, method, arguments) -> null);
    OnlineTraining training =
        new OnlineTraining(
            student,
            new BatchBuilder(model, loss()),
            new TeacherAwareReplay(
                ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100_000), 42),
                TeacherChangePolicy.KEEP,
                ReplaySampling.ALL),
            window,
            BATCH,
            4,
            silent,
            () -> 0);
    return new GuardedTraining(student, training, GUARD, DRIFT, silent);
  }
}
