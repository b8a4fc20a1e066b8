package io.stillstream.trainer.evaluation;

import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.accuracy.Measure;
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
   * Measurements by name: the loss, and those of {@link Measure} that are known.
   *
   * @param loss of the last batch
   */
  public Map<String, Double> now(double loss) {
    Map<String, Double> measurements = new TreeMap<>();
    measurements.put("loss", loss);
    add(session.window().measures(), measurements);
    heldOut.ifPresent(evaluator -> add(evaluator.current().measures(), measurements));
    return measurements;
  }

  private static void add(Map<Measure, Double> measures, Map<String, Double> measurements) {
    measures.forEach((measure, value) -> measurements.put(measure.key(), value));
  }
}
