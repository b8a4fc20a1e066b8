package io.stillstream.trainer.evaluation;

import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.accuracy.PrequentialWindow;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Measurements of the student for the model card of a release. */
public final class ModelCardMetrics {
  private final TrainingSession session;
  private final Optional<HeldOutEvaluator> heldOut;

  public ModelCardMetrics(TrainingSession session, Optional<HeldOutEvaluator> heldOut) {
    this.session = session;
    this.heldOut = heldOut;
  }

  /**
   * Fractions from 0 to 1, by name.
   *
   * @param loss of the last batch
   */
  public Map<String, Double> now(double loss) {
    Map<String, Double> measurements = new TreeMap<>();
    PrequentialWindow window = session.window();
    measurements.put("loss", loss);
    window.studentAccuracy().ifPresent(value -> measurements.put("prequential_accuracy", value));
    window.teacherAccuracy().ifPresent(value -> measurements.put("teacher_accuracy", value));
    window.agreement().ifPresent(value -> measurements.put("teacher_agreement", value));
    window.divergence().ifPresent(value -> measurements.put("teacher_divergence", value));
    window.calibrationError().ifPresent(value -> measurements.put("calibration_error", value));
    heldOut
        .map(HeldOutEvaluator::current)
        .ifPresent(
            result -> {
              measurements.put("held_out_accuracy", result.accuracy());
              measurements.put("held_out_loss", result.loss());
            });
    return measurements;
  }
}
