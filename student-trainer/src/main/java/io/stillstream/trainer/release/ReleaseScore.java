package io.stillstream.trainer.release;

import io.stillstream.schemas.answer.ModelTask;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The number that releases of a task are compared by: accuracy, mean IoU or mean cosine with the
 * teacher. Among a release's metrics it has the name of {@link #metric}, after {@code held_out_} or
 * {@code prequential_}.
 */
public final class ReleaseScore {
  private ReleaseScore() {}

  /** As metrics name it: {@code accuracy}, {@code mean_iou} or {@code cosine}. */
  public static String metric(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION -> "accuracy";
      case SEGMENTATION -> "mean_iou";
      case EMBEDDING -> "cosine";
    };
  }

  /**
   * Of the held-out set if there is one, else prequential.
   *
   * @param task as cards and events name it; of one that is not known, there is no score
   * @param metrics of the release
   */
  public static Optional<Double> of(String task, Map<String, Double> metrics) {
    return find("held_out_", task, metrics).or(() -> prequential(task, metrics));
  }

  /** Of the latest originals, before the student trained on them. */
  public static Optional<Double> prequential(String task, Map<String, Double> metrics) {
    return find("prequential_", task, metrics);
  }

  private static Optional<Double> find(String set, String task, Map<String, Double> metrics) {
    return Arrays.stream(ModelTask.values())
        .filter(known -> known.key().equals(task))
        .findFirst()
        .map(known -> metrics.get(set + metric(known)));
  }
}
