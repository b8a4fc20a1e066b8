package io.stillstream.trainer.release;

import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.training.accuracy.Measure;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The number that releases of a task are compared by: accuracy, mean IoU or mean cosine with the
 * teacher.
 */
public final class ReleaseScore {
  private ReleaseScore() {}

  /**
   * Of the held-out set if there is one, else prequential.
   *
   * @param task as cards and events name it; of one that is not known, there is no score
   * @param metrics of the release
   */
  public static Optional<Double> of(String task, Map<String, Double> metrics) {
    return find(Measure::heldOut, task, metrics).or(() -> prequential(task, metrics));
  }

  /** Of the latest originals, before the student trained on them. */
  public static Optional<Double> prequential(String task, Map<String, Double> metrics) {
    return find(Measure::prequential, task, metrics);
  }

  private static Optional<Double> find(
      Function<ModelTask, Measure> measure, String task, Map<String, Double> metrics) {
    return Arrays.stream(ModelTask.values())
        .filter(known -> known.key().equals(task))
        .findFirst()
        .map(known -> metrics.get(measure.apply(known).key()));
  }
}
