package io.stillstream.schemas.answer;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.DenseLogits;
import io.stillstream.schemas.Embedding;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.time.Instant;
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
          labeled.setTopLogits(TruncatedLogits.of(row, topLogits.getAsInt()));
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
      return Optional.of(TruncatedLogits.shape(view.getTopLogits()));
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
      return TruncatedLogits.row(view.getTopLogits());
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
}
