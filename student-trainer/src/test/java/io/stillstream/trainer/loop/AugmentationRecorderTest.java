package io.stillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.AugmentationStatistics;
import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.batch.ViewAugmentation;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.accuracy.TaskViews;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AugmentationRecorderTest {
  private static final OperationStrength ROTATED =
      new OperationStrength("rotate", "degrees", 3, "4-8");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AugmentationStatistics statistics = new AugmentationStatistics();
  private final AugmentationRecorder recorder =
      new AugmentationRecorder(
          statistics,
          new MicrometerTrainerMetrics(
              meters, InstantSource.system(), ModelTask.CLASSIFICATION, List.of()));

  @Test
  void shouldCompareTheStudentsAnswersOfTheStepWithTheTeachers() {
    // given: both say 0, they differ, and a third view that only fills the batch up
    List<ConsumedView> batch =
        List.of(
            view(original(true), 2, 0),
            view(rotated(new AnswerShift(false, 0.5), Optional.of(false)), 0, 1));

    // when
    recorder.batch(batch, step(false, 2, 0, 3, 0, 0, 9));

    // then
    assertThat(statistics.rows()).hasSize(3);
    AugmentationRow original = row(OperationStrength.ORIGINAL);
    assertThat(original.views()).isEqualTo(1);
    assertThat(original.teacher().views()).isZero();
    assertThat(original.correct()).isEqualTo(1);
    assertThat(original.student()).isEqualTo(new ShiftTotal(1, 1, 0));
    AugmentationRow rotated = row(ROTATED);
    assertThat(rotated.teacher()).isEqualTo(new ShiftTotal(1, 0, 0.5));
    assertThat(rotated.labelled()).isEqualTo(1);
    assertThat(rotated.correct()).isZero();
    assertThat(rotated.student().views()).isEqualTo(1);
    assertThat(rotated.student().sameClass()).isZero();
    // σ(-1) = 0.2689 and σ(1) = 0.7311 against σ(3) = 0.9526 and σ(-3) = 0.0474
    double expected = 0.2689 * Math.log(0.2689 / 0.9526) + 0.7311 * Math.log(0.7311 / 0.0474);
    assertThat(rotated.student().divergence()).isCloseTo(expected, within(0.01));
    assertThat(row(OperationStrength.AUGMENTED).student()).isEqualTo(rotated.student());
  }

  @Test
  void shouldMeasureTheStudentsAnswersByOperationAndStrength() {
    // given
    List<ConsumedView> batch =
        List.of(
            view(rotated(new AnswerShift(true, 0), Optional.empty()), 2, 0),
            view(rotated(new AnswerShift(true, 0), Optional.empty()), 2, 0));

    // when
    recorder.batch(batch, step(false, 2, 0, 0, 2));

    // then
    assertThat(
            meters
                .get("student.augmentation.divergence")
                .tags("operation", "rotate", "strength", "4-8")
                .summary()
                .count())
        .isEqualTo(2);
    assertThat(
            meters
                .get("student.augmentation.agreements")
                .tags("operation", "rotate", "strength", "4-8")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void shouldCountNothingOfAStepThatWasSkipped() {
    // when
    recorder.batch(List.of(view(original(true), 2, 0)), step(true, Float.NaN, 0));

    // then
    assertThat(statistics.rows()).isEmpty();
    assertThat(meters.find("student.augmentation.divergence").summaries()).isEmpty();
  }

  @Test
  void shouldCountViewsWithoutATeacher() {
    // when
    recorder.batch(List.of(view(original(false))), step(false, 2, 0));

    // then
    AugmentationRow row = row(OperationStrength.ORIGINAL);
    assertThat(row.views()).isEqualTo(1);
    assertThat(row.labelled()).isZero();
    assertThat(row.student()).isEqualTo(new ShiftTotal(0, 0, 0));
  }

  @Test
  void shouldLeaveADivergenceOutThatWouldStayInTheSum() {
    // when
    recorder.batch(List.of(view(original(true), 2, 0)), step(false, 0, Float.NEGATIVE_INFINITY));

    // then
    assertThat(row(OperationStrength.ORIGINAL).student()).isEqualTo(new ShiftTotal(0, 0, 0));
  }

  @Test
  void shouldCountOnlyTheViewsOfOtherTasks() {
    // given: embeddings, which have no first class to compare
    ConsumedView view =
        new ConsumedView(
            new TopicPartition("labeled", 0),
            0,
            TaskViews.embedded(1, 2),
            Instant.EPOCH,
            List.of(),
            "policy",
            original(false),
            Optional.empty(),
            Optional.empty(),
            null);

    // when
    recorder.batch(List.of(view), step(false, 2, 1));

    // then
    assertThat(row(OperationStrength.ORIGINAL).views()).isEqualTo(1);
    assertThat(row(OperationStrength.ORIGINAL).student().views()).isZero();
    assertThat(meters.find("student.augmentation.divergence").summaries()).isEmpty();
  }

  private AugmentationRow row(OperationStrength key) {
    return statistics.rows().stream()
        .filter(row -> row.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static ViewAugmentation original(boolean answered) {
    return new ViewAugmentation(
        List.of(OperationStrength.ORIGINAL),
        Optional.empty(),
        answered ? Optional.of(true) : Optional.empty());
  }

  private static ViewAugmentation rotated(AnswerShift teacher, Optional<Boolean> correct) {
    return new ViewAugmentation(
        List.of(OperationStrength.AUGMENTED, ROTATED), Optional.of(teacher), correct);
  }

  /** A view with the teacher's logits, if there are any. */
  private static ConsumedView view(ViewAugmentation augmentation, float... logits) {
    TrainingExample example =
        new TrainingExample(
            PixelEncoding.RAW,
            new byte[1],
            logits.length == 0 ? null : logits,
            LabelTarget.of(0),
            false);
    return new ConsumedView(
        new TopicPartition("labeled", 0),
        0,
        example,
        Instant.EPOCH,
        List.of(),
        "policy",
        augmentation,
        Optional.empty(),
        Optional.empty(),
        null);
  }

  private static StepReport step(boolean skipped, float... logits) {
    return new StepReport(1, 1, 0, 1, 0.004, skipped, logits);
  }
}
