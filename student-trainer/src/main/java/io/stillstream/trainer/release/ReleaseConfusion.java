package io.stillstream.trainer.release;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.stillstream.schemas.answer.ConfusionMatrix;
import io.stillstream.trainer.training.accuracy.EvaluationResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How often a released student gave which class, as its card holds it.
 *
 * @param measuredOn {@code window}: the latest labelled originals before the release, each
 *     predicted before the student trained on it; {@code held-out}: the held-out set
 * @param images in the held-out set, or in the window, where some may have no label
 * @param counts [truth][answer], K × K: images, or pixels of a segmentation
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReleaseConfusion(String measuredOn, int images, List<List<Long>> counts) {
  private static final String WINDOW = "window";
  private static final String HELD_OUT = "held-out";

  public ReleaseConfusion {
    counts = counts == null ? List.of() : counts.stream().map(List::copyOf).toList();
  }

  /** Of the held-out set; empty without a matrix. */
  public static Optional<ReleaseConfusion> heldOut(EvaluationResult result) {
    return result
        .confusion()
        .map(matrix -> new ReleaseConfusion(HELD_OUT, result.examples(), rows(matrix)));
  }

  /**
   * Of the window; empty where nothing was counted, or for too many classes.
   *
   * @param images in the window
   * @param counts [truth][answer]
   */
  public static Optional<ReleaseConfusion> window(int images, long[][] counts) {
    boolean isCounted = Arrays.stream(counts).flatMapToLong(Arrays::stream).anyMatch(n -> n > 0);
    return isCounted && counts.length <= EvaluationResult.MOST_CONFUSED_CLASSES
        ? Optional.of(
            new ReleaseConfusion(
                WINDOW,
                images,
                Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList()))
        : Optional.empty();
  }

  private static List<List<Long>> rows(ConfusionMatrix matrix) {
    List<List<Long>> rows = new ArrayList<>();
    for (int truth = 0; truth < matrix.classes(); truth++) {
      List<Long> row = new ArrayList<>();
      for (int answer = 0; answer < matrix.classes(); answer++) {
        row.add(matrix.count(truth, answer));
      }
      rows.add(row);
    }
    return rows;
  }
}
