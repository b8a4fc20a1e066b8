package io.stillstream.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.accuracy.Measure;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.accuracy.TaskViews;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScoreMetersTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @ParameterizedTest
  @EnumSource
  void shouldHaveTheGaugesOfTheTaskAlone(ModelTask task) {
    // when
    ScoreMeters unused = new ScoreMeters(meters, task, List.of());

    // then
    assertThat(meters.getMeters().stream().map(meter -> meter.getId().getName()).toList())
        .containsExactlyInAnyOrderElementsOf(
            Measure.of(task).stream().map(Measure::meter).toList());
    assertThat(meters.getMeters())
        .allSatisfy(meter -> assertThat(meter.measure().iterator().next().getValue()).isNaN());
  }

  @Test
  void shouldShowTheScoresOfASegmentation() {
    // given
    OutputShape output = OutputShape.segmentation(2, 1, 2, 1);
    TaskScorer scorer = TaskScorer.of(output);
    PrequentialTracker window = scorer.tracker(10);
    window.add(
        scorer.outcome(
            TaskViews.segmented(output, new int[] {0, 1}, null),
            TaskViews.favouring(output, 0, 0),
            0));
    ScoreMeters scores =
        new ScoreMeters(meters, ModelTask.SEGMENTATION, List.of("background", "shoe"));

    // when
    scores.evaluated(window);
    scores.heldOutEvaluated(
        new EvaluationResult(3, 0.5, Map.of(Measure.HELD_OUT_MEAN_IOU, 0.5), Optional.empty()));

    // then: 1 of 2 and 0 of 1
    assertThat(gauge("student.prequential.mean.iou")).isEqualTo(0.25);
    assertThat(gauge("student.prequential.pixel.accuracy")).isEqualTo(0.5);
    assertThat(gauge("student.held.out.mean.iou")).isEqualTo(0.5);
    assertThat(gauge("student.prequential.teacher.mean.iou")).isNaN();
    assertThat(
            meters.getMeters().stream()
                .filter(meter -> meter.getId().getName().equals("student.class.iou"))
                .collect(
                    Collectors.toMap(
                        meter -> meter.getId().getTag("class"), ScoreMetersTest::value)))
        .containsOnly(Map.entry("background", 0.5), Map.entry("shoe", 0.0));
  }

  @Test
  void shouldHaveNoGaugesByClassForVeryMany() {
    // when
    ScoreMeters unused =
        new ScoreMeters(meters, ModelTask.CLASSIFICATION, Collections.nCopies(101, "a"));

    // then
    assertThat(meters.find("student.class.accuracy").gauges()).isEmpty();
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  private static double value(Meter meter) {
    return meter.measure().iterator().next().getValue();
  }
}
