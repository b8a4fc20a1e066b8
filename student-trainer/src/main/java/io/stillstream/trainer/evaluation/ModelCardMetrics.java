package io.stillstream.trainer.evaluation;

import io.stillstream.trainer.release.ReleaseConfusion;
import io.stillstream.trainer.release.ReleaseMeasurements;
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
   * The loss, those of {@link Measure} that are known, and the confusion matrix.
   *
   * @param loss of the last batch
   */
  public ReleaseMeasurements now(double loss) {
    Map<String, Double> measurements = new TreeMap<>();
    measurements.put("loss", loss);
    add(session.window().measures(), measurements);
    heldOut.ifPresent(evaluator -> add(evaluator.current().measures(), measurements));
    return new ReleaseMeasurements(measurements, confusion());
  }

  /** Of the held-out set if there is one: then all releases are measured on the same images. */
  private Optional<ReleaseConfusion> confusion() {
    return heldOut.isPresent()
        ? ReleaseConfusion.heldOut(heldOut.get().current())
        : session
            .confusion()
            .flatMap(counts -> ReleaseConfusion.window(session.window().size(), counts));
  }

  private static void add(Map<Measure, Double> measures, Map<String, Double> measurements) {
    measures.forEach((measure, value) -> measurements.put(measure.key(), value));
  }
}
