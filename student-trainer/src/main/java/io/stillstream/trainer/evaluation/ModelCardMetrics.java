package io.stillstream.trainer.evaluation;

import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.evaluation.PrequentialWindow;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a release says of the student, as it is now. */
public final class ModelCardMetrics {
  private final TrainingSession trainee;
  private final Optional<HeldOutEvaluator> examination;

  public ModelCardMetrics(TrainingSession trainee, Optional<HeldOutEvaluator> examination) {
    this.trainee = trainee;
    this.examination = examination;
  }

  /**
   * Fractions from 0 to 1, by name.
   *
   * @param loss of the last batch
   */
  public Map<String, Double> now(double loss) {
    Map<String, Double> measurements = new TreeMap<>();
    PrequentialWindow window = trainee.window();
    measurements.put("loss", loss);
    window.studentAccuracy().ifPresent(value -> measurements.put("prequential_accuracy", value));
    window.teacherAccuracy().ifPresent(value -> measurements.put("teacher_accuracy", value));
    window.agreement().ifPresent(value -> measurements.put("teacher_agreement", value));
    window.divergence().ifPresent(value -> measurements.put("teacher_divergence", value));
    window.calibrationError().ifPresent(value -> measurements.put("calibration_error", value));
    examination
        .map(HeldOutEvaluator::current)
        .ifPresent(
            result -> {
              measurements.put("held_out_accuracy", result.accuracy());
              measurements.put("held_out_loss", result.loss());
            });
    return measurements;
  }
}
