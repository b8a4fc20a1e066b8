package io.stillstream.labeler.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.schemas.answer.SegmentationMask;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MicrometerLabelerMetricsTest {
  /** A counter that appears with its first increment hides that increment from a rate. */
  @Test
  void shouldShowEveryReasonForRejectionFromTheStart() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    // when
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);

    // then
    assertThat(meters.find("teacher.rejected").counters())
        .allMatch(counter -> counter.count() == 0)
        .extracting(counter -> counter.getId().getTag("reason"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Reason.values()).map(Reason::tag).toList());

    // when
    metrics.rejected(Reason.INFERENCE);

    // then
    Counter inference = meters.get("teacher.rejected").tag("reason", "inference").counter();
    assertThat(inference.count()).isEqualTo(1);
  }

  @Test
  void shouldCountAnyAgeAndFailOnNone() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);

    // when
    metrics.labeled(Duration.ofDays(2026 * 365));
    metrics.overBudget(Duration.ofDays(-300 * 365));
    metrics.labeled(Duration.ofMillis(5));

    // then
    assertThat(meters.get("teacher.views").counter().count()).isEqualTo(3);
    assertThat(meters.get("stillstream.pipeline.age").timer().count()).isEqualTo(1);
    assertThat(
            meters.find("stillstream.pipeline.age.implausible").tag("stage", "labeled").counters())
        .hasSize(2)
        .allMatch(counter -> counter.count() == 1);
  }

  @Test
  void shouldCountAViewForEachOfItsOperations() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
    OperationStrength rotate = new OperationStrength("rotate", "degrees", 3, "4-8");

    // when
    metrics.augmentation(
        List.of(OperationStrength.AUGMENTED, rotate),
        new ViewAnswers(
            Optional.of(new AnswerShift(true, 0.25)), Optional.of(false), Optional.empty()));
    metrics.augmentation(
        List.of(OperationStrength.AUGMENTED),
        new ViewAnswers(Optional.empty(), Optional.empty(), Optional.empty()));

    // then
    assertThat(meters.find("teacher.augmentation.views").counters())
        .extracting(
            counter -> counter.getId().getTag("operation"),
            counter -> counter.getId().getTag("strength"),
            Counter::count)
        .containsExactlyInAnyOrder(
            tuple("original", "any", 0.0),
            tuple("augmented", "any", 2.0),
            tuple("rotate", "4-8", 1.0));
    assertThat(meters.get("teacher.augmentation.divergence").tag("strength", "4-8").summary())
        .extracting(DistributionSummary::count, DistributionSummary::totalAmount)
        .containsExactly(1L, 0.25);
    assertThat(
            meters.get("teacher.augmentation.known.class").tag("strength", "4-8").counter().count())
        .isOne();
    assertThat(meters.get("teacher.augmentation.correct").tag("strength", "4-8").counter().count())
        .isZero();
  }

  @Test
  void shouldShowScoresOfPixels() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
    assertThat(meters.get("teacher.pixel.accuracy").gauge().value()).isNaN();
    assertThat(meters.get("teacher.mean.iou").gauge().value()).isNaN();

    // when
    metrics.pixelsAgainstTruth(
        new MaskTruth.Evaluation(
            2,
            new SegmentationMask(1, 4, new byte[] {0, 0, 1, 1}),
            new SegmentationMask(1, 4, new byte[] {0, 0, 0, 1}),
            1));

    // then
    assertThat(meters.get("teacher.pixel.accuracy").gauge().value()).isEqualTo(0.75);
    assertThat(meters.get("teacher.mean.iou").gauge().value()).isEqualTo((2 / 3.0 + 0.5) / 2);
    assertThat(meters.get("teacher.accuracy").gauge().value()).isNaN();
  }

  @Test
  void shouldShowTheCapForAsLongAsThereIsOne() {
    // given
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MicrometerLabelerMetrics metrics = new MicrometerLabelerMetrics(meters, 3);
    assertThat(meters.find("teacher.batch.cap").gauge()).isNull();

    // when
    metrics.batchCap("gpu0", 32);
    metrics.batchCap("gpu0", 64);

    // then
    assertThat(meters.get("teacher.batch.cap").tag("device", "gpu0").gauge().value()).isEqualTo(64);

    // when
    metrics.batchCap("gpu0", 0);

    // then: no alert rests on it any more
    assertThat(meters.get("teacher.batch.cap").gauge().value()).isNaN();
  }
}
