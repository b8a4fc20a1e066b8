package io.stillstream.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.health.Health;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.status.Heartbeat;
import io.stillstream.trainer.status.TrainerHealth;
import io.stillstream.trainer.status.TrainerStatus;
import io.stillstream.trainer.training.accuracy.EvaluationSet;
import io.stillstream.trainer.training.accuracy.InMemoryEvaluationSet;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Held-out examples that take a student, and a clock that is told, longer than a stall may last.
 */
class HeldOutEvaluatorTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final Duration MAX_STALL = Duration.ofSeconds(20);

  /** Of one batch; the set has ten of them. */
  private static final Duration SLOW = Duration.ofSeconds(15);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Heartbeat heartbeat = new Heartbeat(() -> this.nanos);
  private final List<String> asked = new ArrayList<>();
  private final List<Boolean> alive = new ArrayList<>();
  private long nanos = Duration.ofDays(1).toNanos();
  private long steps = 500;
  private boolean stopping;
  private final HeldOutEvaluator examination =
      new HeldOutEvaluator(
          heldOut(),
          () -> steps,
          batch -> slow("student", batch),
          1000,
          new MicrometerTrainerMetrics(
              meters,
              InstantSource.fixed(Instant.EPOCH),
              ModelTask.CLASSIFICATION,
              MODEL.classes()),
          heartbeat::beat,
          () -> stopping,
          () -> nanos);

  @Test
  void shouldShowLifeWithEachBatchHoweverLongAnExaminationTakes() {
    // given
    heartbeat.beat();

    // when
    examination.evaluateIfDue();

    // then
    assertThat(asked).hasSize(10);
    assertThat(alive).hasSize(10).containsOnly(true);
    assertThat(heartbeat.age()).isEqualTo(SLOW);
    assertThat(meters.get("student.held.out.duration").timer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(150);
  }

  @Test
  void shouldShowLifeWithEachBatchOfEachModelAtARelease() {
    // given
    heartbeat.beat();
    examination.baseline(batch -> slow("baseline", batch), -1);

    // when
    assertThat(examination.prepare(false)).isTrue();

    // then: both in one pass
    assertThat(asked).hasSize(20).startsWith("student", "baseline", "student", "baseline");
    assertThat(alive).hasSize(20).containsOnly(true);
    assertThat(meters.get("student.held.out.duration").timer().count()).isEqualTo(1);
  }

  @Test
  void shouldBeDeadInTheMiddleWhenABatchNeverEnds() {
    // given
    heartbeat.beat();
    examination.evaluateIfDue();

    // when
    nanos += MAX_STALL.toNanos();

    // then
    assertThat(isLive()).isFalse();
  }

  @Test
  void shouldAskForNothingThatIsKnown() {
    // given
    examination.evaluateIfDue();
    examination.baseline(batch -> slow("baseline", batch), -1);
    asked.clear();

    // when: the student was examined at this step
    assertThat(examination.isReady()).isFalse();
    assertThat(examination.prepare(false)).isTrue();

    // then
    assertThat(asked).hasSize(10).containsOnly("baseline");
    assertThat(examination.isReady()).isTrue();

    // when: it has learned, and the baseline has not
    asked.clear();
    steps = 1000;
    assertThat(examination.isReady()).isFalse();
    examination.evaluateIfDue();
    assertThat(examination.prepare(true)).isTrue();
    assertThat(examination.current()).isNotNull();
    assertThat(examination.best()).isNotNull();

    // then
    assertThat(asked).hasSize(10).containsOnly("student");

    // when: the student as it was becomes the baseline
    asked.clear();
    examination.baseline(batch -> slow("baseline", batch), 1000);
    assertThat(examination.isReady()).isTrue();
    assertThat(examination.best()).isEqualTo(examination.current());

    // then
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldGiveUpWhenTheServiceStopsUnlessItIsToGoToTheEnd() {
    // given
    examination.baseline(batch -> slow("baseline", batch), -1);
    stopping = true;

    // when
    examination.evaluateIfDue();
    boolean prepared = examination.prepare(false);

    // then
    assertThat(prepared).isFalse();
    assertThat(asked).isEmpty();
    assertThat(examination.isReady()).isFalse();

    // when
    prepared = examination.prepare(true);

    // then
    assertThat(prepared).isTrue();
    assertThat(asked).hasSize(20);
    assertThat(alive).containsOnly(true);
  }

  private float[] slow(String who, TrainingBatch batch) {
    asked.add(who);
    nanos += SLOW.toNanos();
    alive.add(isLive());
    return new float[batch.size() * batch.classes()];
  }

  private boolean isLive() {
    Check access = Check.readiness("access", true, "allowed");
    Health health =
        new TrainerHealth(
                TrainerStatus.INITIAL,
                heartbeat.age(),
                MAX_STALL,
                TrainerHealth.Phase.RUNNING,
                new TrainerHealth.Connections(true, access, true),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())
            .health();
    return health.live();
  }

  private static EvaluationSet heldOut() {
    TrainingExample view =
        new TrainingExample(PixelEncoding.RAW, new byte[64], null, LabelTarget.of(0), true);
    return new InMemoryEvaluationSet(
        Collections.nCopies(20, view), new BatchBuilder(MODEL, 0.9), 2);
  }
}
