package io.stillstream.labeler.model;

import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The one float32 tensor that a model of any format must answer with, and what messages say where
 * it answers otherwise.
 */
public record ExpectedOutput(OutputShape shape) {
  /** The tensor's dimensions for a batch of so many views. */
  public long[] dimensions(int views) {
    return shape.batch(views);
  }

  /**
   * Separates the views of an answer.
   *
   * @param flat [views, {@link OutputShape#size}], row-major
   */
  public float[][] rows(FloatBuffer flat, int views) {
    int size = shape.size();
    float[][] rows = new float[views][size];
    for (int n = 0; n < views; n++) {
      flat.get(flat.position() + n * size, rows[n]);
    }
    return rows;
  }

  /** Expected dimensions, element type and their meaning. */
  public String description(int views) {
    return "%s float32, %s".formatted(text(dimensions(views)), meaning());
  }

  /** Advice to one whose output has so many dimensions; may be empty. */
  public String advice(int dimensions) {
    return shape.task() == ModelTask.CLASSIFICATION && dimensions == 4
        ? "; a model of pixels is declared as task: segmentation"
        : "";
  }

  /** Dimensions as messages write them: (2, 3), with N for a size that is not fixed. */
  public static String text(long... dimensions) {
    return Arrays.stream(dimensions)
        .mapToObj(size -> size < 0 ? "N" : Long.toString(size))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private String meaning() {
    return switch (shape.task()) {
      case CLASSIFICATION -> "one row per view and one column per class name";
      case SEGMENTATION ->
          "for each view and class name the logits of cells of %d x %d pixels"
              .formatted(shape.stride(), shape.stride());
      case EMBEDDING -> "one row per view and one column per dimension";
    };
  }
}
