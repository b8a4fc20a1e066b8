package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import io.stillstream.trainer.training.accuracy.Measure;
import io.stillstream.trainer.training.accuracy.PrequentialTracker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Gauges of how well the student does, those of its task; NaN until a value is known. */
final class ScoreMeters {
  /** With more classes, there are no gauges by class: most meters would be these. */
  private static final int MOST_CLASSES = 100;

  private final List<String> classes;
  private final Map<Measure, Double> values = new ConcurrentHashMap<>();
  private volatile double[] classScores = {};

  /**
   * @param classes names of the student's classes
   */
  ScoreMeters(MeterRegistry registry, ModelTask task, List<String> classes) {
    this.classes = classes.size() <= MOST_CLASSES ? List.copyOf(classes) : List.of();
    for (Measure measure : Measure.of(task)) {
      Gauge.builder(measure.meter(), () -> values.getOrDefault(measure, Double.NaN))
          .description(measure.description())
          .register(registry);
    }
    switch (task) {
      case CLASSIFICATION ->
          byClass(registry, "student.class.accuracy", "Of the latest originals with that label");
      case SEGMENTATION ->
          byClass(
              registry,
              "student.class.iou",
              "Intersection over union with that class of the masks");
      case EMBEDDING -> {}
    }
  }

  private void byClass(MeterRegistry registry, String name, String description) {
    for (int i = 0; i < classes.size(); i++) {
      int index = i;
      Gauge.builder(name, () -> index < classScores.length ? classScores[index] : Double.NaN)
          .description(description)
          .tag("class", classes.get(i))
          .register(registry);
    }
  }

  /** The window has moved. */
  void evaluated(PrequentialTracker window) {
    values.putAll(window.measures());
    classScores = window.classScores(classes.size());
  }

  /** The student has been evaluated on held-out examples. */
  void heldOutEvaluated(EvaluationResult result) {
    values.putAll(result.measures());
  }
}
