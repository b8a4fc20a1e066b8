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
import io.stillstream.trainer.training.divergence.DivergedException;
import io.stillstream.trainer.training.divergence.DivergenceSettings;
import io.stillstream.trainer.training.drift.DriftSettings;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GuardedTrainingTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final int BATCH = 4;
  private static final int UPDATES = 2;
  private static final DivergenceSettings GUARD =
      new DivergenceSettings(6, 3, 5, 50, 4, 0.5, 40, 2, 1000);
  private static final DriftSettings DRIFT = new DriftSettings(1e-4, true, 0.25, 10, true);

  private final FakeStudent student = new FakeStudent();
  private final List<String> counted = new ArrayList<>();
  private final OnlineTraining training = training();
  private final GuardedTraining supervised = supervised(training);

  @Test
  void shouldGoBackToTheLastCheckpointWhenTheLossSpikes() {
    // given
    calm(10);
    supervised.checkpointed();
    long good = training.steps();
    calm(5);
    student.loss = step -> 50;

    // when
    List<TrainingEvent> first = train();
    assertThat(supervised.isSettled()).isFalse();
    List<TrainingEvent> second = train();
    List<TrainingEvent> third = train();

    // then
    assertThat(first).isEmpty();
    assertThat(second).isEmpty();
    assertThat(third)
        .singleElement()
        .extracting(TrainingEvent::kind)
        .isEqualTo(TrainingEvent.Kind.ROLLBACK);
    assertThat(third.get(0).step()).isEqualTo(training.steps());
    assertThat(third.get(0).details())
        .containsEntry("reason", "loss_spike")
        .containsEntry("to_step", Long.toString(good))
        .containsEntry("since_step", Long.toString(training.steps() - 3 * UPDATES + 1))
        .containsEntry("rate_factor", "0.5000");
    assertThat(student.weights).isEqualTo(good);
    assertThat(counted).containsExactly("rolledBack loss_spike");

    // and: steps, views and buffer went on
    assertThat(training.steps()).isEqualTo(18 * UPDATES);
    assertThat(training.viewsSeen()).isEqualTo(18 * BATCH);
    assertThat(training.removeIf(view -> true)).isEqualTo(18 * BATCH);
    assertThat(supervised.isSettled()).isTrue();
    calm(1);
    assertThat(student.factor).isEqualTo(0.5);
    calm(40 / UPDATES);
    assertThat(student.factor).isEqualTo(1);
  }

  @Test
  void shouldGoBackToTheBeginningBeforeTheFirstCheckpoint() {
    // given
    calm(6);
    student.loss = step -> 50;

    // when
    train();
    train();
    train();

    // then
    assertThat(student.weights).isZero();
  }

  @Test
  void shouldGoBackAfterTooManyStepsInARowThatAreNotFinite() {
    // given
    calm(10);
    supervised.checkpointed();
    long good = training.steps();
    student.loss = step -> Double.NaN;

    // when
    assertThat(train()).isEmpty();
    assertThat(supervised.isSettled()).isFalse();
    List<TrainingEvent> second = train();

    // then
    assertThat(second.get(0).details())
        .containsEntry("reason", "not_finite")
        .containsEntry("skipped_in_a_row", "4");
    assertThat(student.weights).isEqualTo(good);
    assertThat(counted)
        .containsExactly(
            "stepSkipped loss",
            "stepSkipped loss",
            "stepSkipped loss",
            "stepSkipped loss",
            "rolledBack not_finite");
  }

  @Test
  void shouldBearSingleStepsThatAreNotFinite() {
    // given
    calm(10);
    student.loss = step -> step % 2 == 1 ? Double.NaN : 1;

    // when
    for (int batch = 0; batch < 50; batch++) {
      assertThat(train()).isEmpty();
    }

    // then: the fresh views of those batches are not kept
    assertThat(supervised.isSettled()).isTrue();
    assertThat(training.removeIf(view -> true)).isEqualTo(10 * BATCH);
  }

  @Test
  void shouldEndLoudlyWhenItDivergesAgainAndAgain() {
    // given
    calm(10);
    supervised.checkpointed();
    student.loss = step -> 50;

    // when: twice it is set back, then that was enough
    assertThatThrownBy(
            () -> {
              for (int batch = 0; batch < 100; batch++) {
                train();
              }
            })
        // then
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("rolled back 2 times within 1000 steps already")
        .hasMessageContaining("the last checkpoint, of step 20, is sound")
        .hasMessageContaining("reason=loss_spike");
    assertThat(counted).containsExactly("rolledBack loss_spike", "rolledBack loss_spike");
  }

  @Test
  void shouldGoOnWithEverythingThatItSaved() {
    // given: set back once, and in the middle of something suspicious
    calm(10);
    student.loss = step -> 50;
    train();
    train();
    train();
    train();
    GuardedTrainingState state = supervised.save();

    // when
    OnlineTraining resumedTraining = training();
    resumedTraining.resume(training.steps(), training.viewsSeen());
    GuardedTraining resumed = supervised(resumedTraining);
    resumed.restore(state);

    // then
    assertThat(resumed.isSettled()).isEqualTo(supervised.isSettled());
    assertThat(resumed.save()).usingRecursiveComparison().isEqualTo(state);
    resumed.train(views());
    assertThat(student.factor).isEqualTo(0.5);
  }

  @Test
  void shouldForgetWhatTheTeacherNoLongerSaysAndLearnFasterForAWhile() {
    // given: the student says class 0, and so does the teacher
    calm(50);
    student.log.clear();

    // when: of the same images it now says class 1, and of what it called 1 before, class 0
    student.answer = 1;
    List<TrainingEvent> incidents = new ArrayList<>();
    for (int batch = 0; batch < 10 && incidents.isEmpty(); batch++) {
      incidents.addAll(train());
    }

    // then
    assertThat(incidents).hasSize(1);
    TrainingEvent drift = incidents.get(0);
    assertThat(drift.kind()).isEqualTo(TrainingEvent.Kind.DRIFT);
    assertThat(drift.details())
        .containsEntry("signals", "class-0, disagreement")
        .containsEntry("disagreement.before", "0.000")
        .containsEntry("disagreement.after", "1.000")
        .containsKey("forgotten_views");
    assertThat(counted).contains("drifted disagreement", "drifted class");
    assertThat(student.log).containsExactly("average since " + drift.step());
    assertThat(training.removeIf(view -> true)).isZero();

    // and
    student.answer = 0;
    train();
    assertThat(student.factor).isEqualTo(0.25);
    for (int batch = 0; batch < 5; batch++) {
      train();
    }
    assertThat(student.factor).isEqualTo(1);
  }

  private void calm(int batches) {
    student.loss = step -> 1;
    for (int batch = 0; batch < batches; batch++) {
      assertThat(train()).isEmpty();
    }
  }

  private List<TrainingEvent> train() {
    return supervised.train(views()).events();
  }

  /** The teacher calls all of them class 0. */
  private static List<TrainingExample> views() {
    return IntStream.range(0, BATCH)
        .mapToObj(
            i ->
                new TrainingExample(
                    PixelEncoding.RAW, new byte[64], new float[] {9, 0, 0, 0, 0}, null, true))
        .toList();
  }

  private OnlineTraining training() {
    return new OnlineTraining(
        student,
        new BatchBuilder(MODEL, 0.9),
        new TeacherAwareReplay(
            ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(1000), 1),
            TeacherChangePolicy.KEEP,
            ReplaySampling.ALL),
        new PrequentialWindow(100),
        BATCH,
        UPDATES,
        metrics(),
        () -> 0);
  }

  private GuardedTraining supervised(OnlineTraining of) {
    return new GuardedTraining(student, of, GUARD, DRIFT, metrics());
  }

  private TrainerMetrics metrics() {
    List<String> names = List.of("stepSkipped", "rolledBack", "drifted");
    return (TrainerMetrics)
        Proxy.newProxyInstance(
            TrainerMetrics.class.getClassLoader(),
            new Class<?>[] {TrainerMetrics.class},
            (proxy, method, arguments) -> {
              if (names.contains(method.getName())) {
                counted.add(method.getName() + " " + Arrays.asList(arguments).get(0));
              }
              return null;
            });
  }

  /** Its weights are the number of the last step that changed them. */
  private static final class FakeStudent extends StubStudent {
    private final List<String> log = new ArrayList<>();
    private LongToDoubleFunction loss = step -> 1;
    private int answer;
    private long weights;
    private double factor = 1;

    private record Copy(long weights) implements StudentSnapshot {
      @Override
      public void close() {}
    }

    @Override
    public StepReport update(TrainingBatch batch, long step) {
      double value = loss.applyAsDouble(step);
      boolean skipped = !Double.isFinite(value);
      weights = skipped ? weights : step;
      return new StepReport(value, value, 0, 1, factor, skipped, new float[0]);
    }

    @Override
    public float[] predict(TrainingBatch batch) {
      float[] logits = new float[batch.size() * batch.classes()];
      for (int i = 0; i < batch.size(); i++) {
        logits[i * batch.classes() + answer] = 9;
      }
      return logits;
    }

    @Override
    public void rateFactor(double newFactor) {
      factor = newFactor;
    }

    @Override
    public void restartAverage(long step) {
      log.add("average since " + step);
    }

    @Override
    public StudentSnapshot snapshot() {
      return new Copy(weights);
    }

    @Override
    public void restore(StudentSnapshot snapshot) {
      weights = ((Copy) snapshot).weights();
    }
  }
}
