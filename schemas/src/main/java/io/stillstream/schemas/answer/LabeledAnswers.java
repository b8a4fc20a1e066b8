package io.stillstream.schemas.answer;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.DenseLogits;
import io.stillstream.schemas.Embedding;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.TopLogits;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The teacher's answer in a record of {@code labeled-views}: writes it, and reads it as a row, see
 * {@link OutputShape}.
 */
public final class LabeledAnswers {
  private LabeledAnswers() {}

  /** A view without an answer: the label budget passed it over, or it has not been asked about. */
  public static LabeledView passedOver(AugmentedView view, Instant at) {
    return new LabeledView(view, List.of(), null, null, null, null, at);
  }

  /**
   * A view with its answer.
   *
   * @param row the answer
   * @param topLogits how many logits the record keeps, the largest; empty for all. For
   *     classification only
   * @throws IllegalArgumentException if the row has another size, or is larger than half precision
   *     can hold where it is to
   */
  public static LabeledView labeled(
      AugmentedView view,
      List<Teacher> teachers,
      float[] row,
      OutputShape output,
      OptionalInt topLogits,
      Instant at) {
    if (row.length != output.size()) {
      throw new IllegalArgumentException(
          "the answer has %d numbers, %s has %d".formatted(row.length, output, output.size()));
    }
    LabeledView labeled = passedOver(view, at);
    labeled.setTeachers(teachers);
    switch (output.task()) {
      case CLASSIFICATION -> {
        if (topLogits.isPresent() && topLogits.getAsInt() < row.length) {
          labeled.setTopLogits(topLogits(row, topLogits.getAsInt()));
        } else {
          labeled.setLogits(FloatArrays.of(row));
        }
      }
      case SEGMENTATION ->
          labeled.setDenseLogits(
              new DenseLogits(
                  output.channels(),
                  output.height(),
                  output.width(),
                  output.stride(),
                  halves(row)));
      case EMBEDDING -> labeled.setEmbedding(new Embedding(row.length, halves(row)));
    }
    return labeled;
  }

  private static ByteBuffer halves(float[] row) {
    for (int i = 0; i < row.length; i++) {
      // NaN, too.
      if (!(Math.abs(row[i]) <= HalfPrecision.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "number %d of the answer is %s, half precision ends at ±%.0f"
                .formatted(i, row[i], HalfPrecision.MAX_VALUE));
      }
    }
    return ByteBuffer.wrap(HalfPrecision.encode(row));
  }

  private static TopLogits topLogits(float[] row, int count) {
    int[] top = LargestLogits.of(row, count);
    float[] logits = new float[count];
    boolean[] isTop = new boolean[row.length];
    for (int i = 0; i < count; i++) {
      logits[i] = row[top[i]];
      isTop[top[i]] = true;
    }
    return new TopLogits(
        row.length,
        Arrays.stream(top).boxed().toList(),
        FloatArrays.of(logits),
        (float) logSumOfOthers(row, isTop));
  }

  /** Log Σ eᶻ over the others; there is at least one. */
  private static double logSumOfOthers(float[] row, boolean[] isTop) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < row.length; k++) {
      if (!isTop[k]) {
        largest = Math.max(largest, row[k]);
      }
    }
    double sum = 0;
    for (int k = 0; k < row.length; k++) {
      if (!isTop[k]) {
        sum += Math.exp(row[k] - largest);
      }
    }
    return largest + Math.log(sum);
  }

  /** Whether there is an answer of any kind. */
  public static boolean isAnswered(LabeledView view) {
    return view.getLogits() != null
        || view.getTopLogits() != null
        || view.getDenseLogits() != null
        || view.getEmbedding() != null;
  }

  /**
   * Shape of the answer, as the record states it; empty without one.
   *
   * @throws IllegalArgumentException if the record is malformed: it has more than one answer, or
   *     one whose numbers do not match its shape
   */
  public static Optional<OutputShape> shape(LabeledView view) {
    long answers =
        Stream.of(view.getLogits(), view.getTopLogits(), view.getDenseLogits(), view.getEmbedding())
            .filter(answer -> answer != null)
            .count();
    if (answers > 1) {
      throw new IllegalArgumentException(
          "the record has " + answers + " answers, at most 1 is allowed");
    }
    if (view.getLogits() != null) {
      return Optional.of(OutputShape.classification(view.getLogits().size()));
    }
    if (view.getTopLogits() != null) {
      return Optional.of(shape(view.getTopLogits()));
    }
    if (view.getDenseLogits() != null) {
      DenseLogits dense = view.getDenseLogits();
      return Optional.of(
          withBytes(
              OutputShape.segmentation(
                  dense.getClasses(), dense.getHeight(), dense.getWidth(), dense.getStride()),
              dense.getValues()));
    }
    if (view.getEmbedding() != null) {
      Embedding embedding = view.getEmbedding();
      return Optional.of(
          withBytes(OutputShape.embedding(embedding.getDimensions()), embedding.getValues()));
    }
    return Optional.empty();
  }

  private static OutputShape shape(TopLogits top) {
    OutputShape shape = OutputShape.classification(top.getClasses());
    List<Integer> indices = top.getIndices();
    if (indices.isEmpty()
        || indices.size() != top.getLogits().size()
        || indices.size() >= top.getClasses()) {
      throw new IllegalArgumentException(
          "topLogits has %d indices and %d logits for %d classes"
              .formatted(indices.size(), top.getLogits().size(), top.getClasses()));
    }
    if (indices.stream().anyMatch(k -> k < 0 || k >= top.getClasses())
        || indices.stream().distinct().count() < indices.size()) {
      throw new IllegalArgumentException(
          "indices of topLogits must be different and from 0 to %d, were %s"
              .formatted(top.getClasses() - 1, indices));
    }
    return shape;
  }

  private static OutputShape withBytes(OutputShape shape, ByteBuffer values) {
    if (values.remaining() != 2L * shape.size()) {
      throw new IllegalArgumentException(
          "%s takes %d bytes, the record has %d"
              .formatted(shape, 2L * shape.size(), values.remaining()));
    }
    return shape;
  }

  /**
   * The answer as a new row; null without one. Of the K classes that {@code topLogits} leaves out,
   * each gets the same share of what they add to the normalisation: the softmax is exact for the
   * others.
   *
   * @throws IllegalArgumentException if the record is malformed, see {@link #shape}
   */
  public static float[] row(LabeledView view) {
    OutputShape shape = shape(view).orElse(null);
    if (shape == null) {
      return null;
    }
    if (view.getLogits() != null) {
      return FloatArrays.toArray(view.getLogits());
    }
    if (view.getTopLogits() != null) {
      return row(view.getTopLogits());
    }
    return HalfPrecision.decode(
        view.getDenseLogits() != null
            ? view.getDenseLogits().getValues()
            : view.getEmbedding().getValues());
  }

  /**
   * The teacher's mask of the view, at its size; empty without dense logits, or if their grid is
   * not one over this view.
   *
   * @throws IllegalArgumentException if the record is malformed, see {@link #shape}
   */
  public static Optional<SegmentationMask> mask(LabeledView view) {
    return shape(view)
        .filter(shape -> shape.task() == ModelTask.SEGMENTATION)
        .filter(shape -> covers(shape, view.getView()))
        .map(shape -> SegmentationMask.ofPixels(row(view), shape));
  }

  private static boolean covers(OutputShape grid, AugmentedView view) {
    return (long) grid.height() * grid.stride() == view.getHeight()
        && (long) grid.width() * grid.stride() == view.getWidth();
  }

  private static float[] row(TopLogits top) {
    int[] indices = top.getIndices().stream().mapToInt(Integer::intValue).toArray();
    return row(
        top.getClasses(), indices, FloatArrays.toArray(top.getLogits()), top.getRestLogSum());
  }

  /**
   * The row of an answer of which only the largest logits are known, as {@link #row(LabeledView)}.
   *
   * @param indices classes of {@code logits}; fewer than {@code classes}
   * @param restLogSum logarithm of the sum of the exponentials of all other logits
   */
  public static float[] row(int classes, int[] indices, float[] logits, float restLogSum) {
    float[] row = new float[classes];
    Arrays.fill(row, (float) (restLogSum - Math.log(classes - indices.length)));
    for (int i = 0; i < logits.length; i++) {
      row[indices[i]] = logits[i];
    }
    return row;
  }
}
