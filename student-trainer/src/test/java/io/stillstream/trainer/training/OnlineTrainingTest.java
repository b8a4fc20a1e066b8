package io.stillstream.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.comparison.BaselineComparison;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.MinConfidenceSettings;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OnlineTrainingTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final int BATCH = 4;

  private final RecordingStudent student = new RecordingStudent();
  private final PrequentialWindow window = new PrequentialWindow(10);
  private final OnlineTraining training =
      new OnlineTraining(
          student,
          new BatchBuilder(MODEL, 0.9),
          new TeacherAwareReplay(
              ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100), 1),
              TeacherChangePolicy.KEEP,
              ReplaySampling.ALL),
          window,
          BATCH,
          3,
          silent(),
          () -> 0);

  @Test
  void shouldPredictThenTrainOnFreshViewsThenOnSeenOnes() {
    // when
    training.train(views(0, 4));
    training.train(views(4, 8));

    // then: nothing was seen before the first batch, so it is repeated
    assertThat(student.log).hasSize(8);
    assertThat(student.log.subList(0, 4))
        .containsExactly("predict [0, 2]", "1 [0, 1, 2, 3]", "2 [0, 1, 2, 3]", "3 [0, 1, 2, 3]");
    assertThat(student.log.get(4)).isEqualTo("predict [4, 6]");
    assertThat(student.log.get(5)).isEqualTo("4 [4, 5, 6, 7]");
    assertThat(student.log.get(6)).matches("5 \\[[0-3], [0-3], [0-3], [0-3]]");
    assertThat(student.log.get(7)).matches("6 \\[[0-3], [0-3], [0-3], [0-3]]");
    assertThat(training.steps()).isEqualTo(6);
    assertThat(training.viewsSeen()).isEqualTo(8);
    assertThat(window.size()).isEqualTo(4);
  }

  @Test
  void shouldReplayOnceMoreWhenAsked() {
    // given
    assertThat(training.canReplay()).isFalse();
    training.train(views(0, 4));
    assertThat(training.canReplay()).isTrue();

    // when
    training.replay();

    // then
    assertThat(student.log.get(4)).matches("4 \\[[0-3], [0-3], [0-3], [0-3]]");
    assertThat(training.steps()).isEqualTo(4);
    assertThat(training.viewsSeen()).isEqualTo(4);
  }

  @Test
  void shouldFillAShortBatchFromWhatItHasSeen() {
    // given
    training.train(views(0, 4));

    // when
    training.train(views(4, 5));

    // then
    assertThat(student.log.get(5)).matches("4 \\[4, [0-3], [0-3], [0-3]]");
    assertThat(training.viewsSeen()).isEqualTo(5);
  }

  @Test
  void shouldDoubleASingleViewWhenItHasSeenNothing() {
    // when
    training.train(views(0, 1));

    // then
    assertThat(student.log.subList(1, 4)).containsExactly("1 [0, 0]", "2 [0, 0]", "3 [0, 0]");
    assertThat(training.viewsSeen()).isEqualTo(1);
  }

  @Test
  void shouldJudgeAnOriginalBeforeItsSiblingsWhereverABatchEnds() {
    // given: of views 0 to 7 the even ones are originals, and each odd one is a sibling of the one
    // before; batches end between an original and its sibling
    training.train(views(0, 3));
    OnlineTraining.TrainedBatch trainedBatch = training.train(views(3, 7));

    // then: 2 was predicted before 3 was trained on, 6 before 7 can be
    List<String> predictions = student.log.stream().filter(l -> l.startsWith("predict")).toList();
    assertThat(predictions).containsExactly("predict [0, 2]", "predict [4, 6]");
    int judged = student.log.indexOf("predict [0, 2]");
    int trained =
        IntStream.range(0, student.log.size())
            .filter(i -> student.log.get(i).matches("\\d+ \\[3, .*"))
            .findFirst()
            .orElseThrow();
    assertThat(trained).isGreaterThan(judged);
    assertThat(trainedBatch.originals().outcomes()).hasSize(2);
  }

  @Test
  void shouldNotKeepFreshViewsThatPoisonAStep() {
    // given
    training.train(views(0, 4));
    student.diverges = true;

    // when: there is replay, which goes on
    List<StepReport> reports = training.train(views(4, 8)).reports();

    // then
    assertThat(reports).hasSize(3).allMatch(StepReport::skipped);
    assertThat(training.steps()).isEqualTo(6);
    assertThat(training.viewsSeen()).isEqualTo(8);
    assertThat(training.removeIf(view -> true)).isEqualTo(4);
  }

  @Test
  void shouldNotRepeatFreshViewsThatPoisonAStepWhenThereIsNothingElse() {
    // given
    student.diverges = true;

    // when
    List<StepReport> reports = training.train(views(0, 4)).reports();

    // then
    assertThat(reports).hasSize(1);
    assertThat(training.steps()).isEqualTo(1);
    assertThat(training.viewsSeen()).isEqualTo(4);
  }

  @Test
  void shouldForgetViewsThatNobodyWantsToSeeAgain() {
    // given
    training.train(views(0, 8));

    // when
    int forgotten = training.removeIf(TrainingExample::isOriginal);

    // then: what is left is drawn alone
    assertThat(forgotten).isEqualTo(4);
    student.log.clear();
    training.train(views(8, 12));
    assertThat(student.log.get(2)).matches("5 \\[[1357], [1357], [1357], [1357]]");
  }

  @Test
  void shouldLearnAndCountNothingFromABatchThatFails() {
    // given
    training.train(views(0, 4));
    student.log.clear();
    student.poison = 5;

    // when
    assertThatThrownBy(() -> training.train(views(4, 8)))
        .isInstanceOf(BatchFailedException.class)
        .hasRootCauseInstanceOf(StackOverflowError.class);

    // then
    assertThat(training.steps()).isEqualTo(3);
    assertThat(training.viewsSeen()).isEqualTo(4);
    assertThat(window.size()).isEqualTo(2);
    assertThat(training.removeIf(view -> false)).isZero();

    // and: without the view that is to blame, all goes on
    student.poison = -1;
    training.train(views(6, 8));
    assertThat(training.steps()).isEqualTo(6);
    assertThat(window.size()).isEqualTo(3);
  }

  @Test
  void shouldLearnAndCountNothingFromABatchOnWhichAPredictionFails() {
    // given
    student.poison = 2;

    // when
    assertThatThrownBy(() -> training.train(views(0, 4))).isInstanceOf(BatchFailedException.class);

    // then
    assertThat(student.log).isEmpty();
    assertThat(training.steps()).isZero();
    assertThat(window.size()).isZero();
  }

  @Test
  void shouldDoWithoutTheUpdatesThatFailAfterTheFirst() {
    // given
    training.train(views(0, 4));
    student.log.clear();
    student.replayFails = 1;

    // when
    List<StepReport> reports = training.train(views(4, 8)).reports();

    // then: the batch is learned once, counted, and kept
    assertThat(reports).hasSize(1);
    assertThat(student.log).containsExactly("predict [4, 6]", "4 [4, 5, 6, 7]");
    assertThat(training.steps()).isEqualTo(4);
    assertThat(training.viewsSeen()).isEqualTo(8);
    assertThat(training.removeIf(view -> true)).isEqualTo(8);
  }

  @Test
  void shouldEndAfterAFewReplaysInARowThatFail() {
    // given
    training.train(views(0, 4));
    student.replayFails = 2;

    // when: one that succeeds comes between
    assertThat(training.replay()).isEmpty();
    assertThat(training.replay()).isEmpty();
    assertThat(training.replay()).isPresent();
    assertThat(training.steps()).isEqualTo(4);
    student.replayFails = 3;
    assertThat(training.replay()).isEmpty();
    assertThat(training.train(views(4, 8)).reports()).hasSize(1);

    // then: it is not taken for a batch that nothing was learned from
    assertThatThrownBy(() -> training.train(views(8, 12))).isInstanceOf(StackOverflowError.class);
  }

  @Test
  void shouldEndAtOnceWhenAReplayBreaksTheStudent() {
    // given
    training.train(views(0, 4));
    student.breaks = true;

    // then
    assertThatThrownBy(training::replay).isInstanceOf(BrokenStudentException.class);
  }

  @Test
  void shouldTellTheViewThatFailsWithoutLearning() {
    // given
    student.poison = 3;

    // then
    training.requireTrainable();
    training.dryRun(views(0, 3), BaselineComparison.NONE);
    training.dryRun(views(4, 5), BaselineComparison.NONE);
    assertThatThrownBy(() -> training.dryRun(views(3, 4), BaselineComparison.NONE))
        .isInstanceOf(BatchFailedException.class);
    assertThat(student.log).containsExactly("predict [0, 2]", "predict [4]");
    assertThat(training.steps()).isZero();
  }

  @Test
  void shouldNotTakeAStudentThatBrokeInItsMidstForOneThatDidNotLearn() {
    // given
    student.breaks = true;

    // then
    assertThatThrownBy(() -> training.train(views(0, 4)))
        .isInstanceOf(BrokenStudentException.class);
  }

  @Test
  void shouldWeighTeacherAndLabel() {
    // given
    float[] logits = {1, 2, 3, 4, 5};
    byte[] pixels = new byte[64];
    List<TrainingExample> views =
        List.of(
            new TrainingExample(PixelEncoding.RAW, pixels, logits, LabelTarget.of(2), true),
            new TrainingExample(PixelEncoding.RAW, pixels, logits, null, true),
            new TrainingExample(
                PixelEncoding.RAW, pixels, null, new LabelTarget(1, 3, 0.25f), true));

    // when
    TrainingBatch batch = new BatchBuilder(MODEL, 0.9).build(views);

    // then
    assertThat(batch.targets().teacherWeights()).containsExactly(0.9f, 1, 0);
    assertThat(batch.targets().labelWeights()).containsExactly((float) (1 - 0.9), 0, 1);
    assertThat(batch.targets().labels())
        .containsExactly(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0.25f, 0, 0.75f, 0);
    assertThat(batch.targets().logits())
        .containsExactly(1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0);
    assertThat(batch.shape()).containsExactly(3, 8, 8, 1);
  }

  /** Views whose first pixel is their number; the even ones are originals. */
  @Test
  void shouldCountTheUnsureAnswersOfFreshViewsOnce() {
    // given: three updates on each batch, of which the later ones are on the same views or others
    List<Integer> counted = new ArrayList<>();
    LossSettings loss = LossSettings.hinton(0.9);
    LossSettings confident =
        new LossSettings(
            loss.kind(),
            loss.temperature(),
            loss.alpha(),
            0,
            loss.dkd(),
            loss.dist(),
            Optional.empty(),
            Optional.of(
                new MinConfidenceSettings(Optional.of(0.5), Optional.empty(), Optional.empty())));
    OnlineTraining counting =
        new OnlineTraining(
            student,
            new BatchBuilder(MODEL, confident),
            new TeacherAwareReplay(
                ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100), 1),
                TeacherChangePolicy.KEEP,
                ReplaySampling.ALL),
            window,
            BATCH,
            3,
            metrics(counted),
            () -> 0);
    TrainingExample sure =
        new TrainingExample(
            PixelEncoding.RAW, new byte[64], new float[] {9, 0, 0, 0, 0}, null, true);

    // when
    counting.train(List.of(sure, views(0, 1).get(0), views(1, 2).get(0), sure));
    counting.train(views(0, 2));

    // then: each view has entered the buffer, too
    assertThat(counted.stream().mapToInt(Integer::intValue).sum()).isEqualTo(4);
    assertThat(counting.canReplay()).isTrue();
  }

  private static TrainerMetrics metrics(List<Integer> counted) {
    return (TrainerMetrics)
        Proxy.newProxyInstance(
            TrainerMetrics.class.getClassLoader(),
            new Class<?>[] {TrainerMetrics.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("leftOut")) {
                counted.add((Integer) arguments[0]);
              }
              return null;
            });
  }

  private static List<TrainingExample> views(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i -> {
              byte[] pixels = new byte[64];
              pixels[0] = (byte) i;
              return new TrainingExample(
                  PixelEncoding.RAW, pixels, new float[5], LabelTarget.of(0), i % 2 == 0);
            })
        .toList();
  }

  private static TrainerMetrics silent() {
    return (TrainerMetrics)
        Proxy.newProxyInstance(
            TrainerMetrics.class.getClassLoader(),
            new Class<?>[] {TrainerMetrics.class},
            (proxy, method, arguments) -> null);
  }

  private static final class RecordingStudent extends StubStudent {
    private final List<String> log = new ArrayList<>();
    private boolean diverges;
    private boolean breaks;
    private long poison = -1;

    /** So many updates fail that are not the first after a prediction. */
    private int replayFails;

    @Override
    public void dryRun(TrainingBatch batch) {
      fail(batch);
    }

    private void fail(TrainingBatch batch) {
      if (numbers(batch).contains(poison)) {
        throw new StackOverflowError("poison");
      }
    }

    @Override
    public StepReport update(TrainingBatch batch, long step) {
      fail(batch);
      boolean first = !log.isEmpty() && log.get(log.size() - 1).startsWith("predict");
      if (!first && replayFails > 0) {
        replayFails--;
        throw new StackOverflowError("replay");
      }
      if (breaks) {
        throw new BrokenStudentException("half done", null);
      }
      log.add(step + " " + numbers(batch));
      return new StepReport(1, 1, 0, 1, 0.004, diverges, new float[0]);
    }

    @Override
    public float[] predict(TrainingBatch batch) {
      fail(batch);
      log.add("predict " + numbers(batch));
      return new float[batch.size() * batch.classes()];
    }

    private static List<Long> numbers(TrainingBatch batch) {
      return IntStream.range(0, batch.size())
          .mapToObj(i -> batch.input().asFloatBuffer().get(i * 64))
          .map(scaled -> Math.round((scaled * 0.3530 + 0.2860) * 255))
          .toList();
    }
  }
}
