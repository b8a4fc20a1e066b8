package io.stillstream.trainer.trace;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.image.PngDataUrl;
import io.stillstream.schemas.values.FloatArrays;
import java.util.List;
import java.util.Optional;

/** What a trace shows of truth and teacher's answer of a view. */
final class AnswerTracer {
  private final TopClasses top;
  private final PngDataUrl pictures;

  AnswerTracer(TopClasses top, PngDataUrl pictures) {
    this.top = top;
    this.pictures = pictures;
  }

  /** An answer; of the three, those of other tasks are null, without an answer all. */
  record TracedAnswer(
      List<Float> logits, ImageTrace.MaskTrace mask, ImageTrace.EmbeddingTrace embedding) {
    static final TracedAnswer NONE = new TracedAnswer(null, null, null);
  }

  /** The teacher's answer; none from a malformed record, which the trainer rejects. */
  TracedAnswer answer(LabeledView labels) {
    Optional<OutputShape> shape;
    try {
      shape = LabeledAnswers.shape(labels);
    } catch (IllegalArgumentException e) {
      return TracedAnswer.NONE;
    }
    return shape.map(output -> answer(labels, output)).orElse(TracedAnswer.NONE);
  }

  private TracedAnswer answer(LabeledView labels, OutputShape output) {
    return switch (output.task()) {
      case CLASSIFICATION ->
          new TracedAnswer(FloatArrays.of(LabeledAnswers.row(labels)), null, null);
      case SEGMENTATION ->
          new TracedAnswer(
              null,
              LabeledAnswers.mask(labels)
                  .flatMap(mask -> mask(labels.getView(), mask))
                  .orElse(null),
              null);
      case EMBEDDING -> new TracedAnswer(null, null, embedding(LabeledAnswers.row(labels)));
    };
  }

  private static ImageTrace.EmbeddingTrace embedding(float[] row) {
    double squares = 0;
    for (float number : row) {
      squares += (double) number * number;
    }
    return new ImageTrace.EmbeddingTrace(row.length, Math.sqrt(squares));
  }

  /** The view's own mask; empty if it has none, or a damaged one. */
  Optional<ImageTrace.MaskTrace> truth(AugmentedView view) {
    try {
      return MaskCodec.of(view).flatMap(mask -> mask(view, mask));
    } catch (InvalidImageException e) {
      return Optional.empty();
    }
  }

  private Optional<ImageTrace.MaskTrace> mask(AugmentedView view, SegmentationMask mask) {
    try {
      byte[] rgb =
          MaskOverlay.rgb(
              PixelCodec.decode(view), view.getHeight(), view.getWidth(), view.getChannels(), mask);
      return Optional.of(
          new ImageTrace.MaskTrace(
              pictures.of(rgb, view.getHeight(), view.getWidth(), 3), top.shares(mask)));
    } catch (InvalidImageException e) {
      return Optional.empty();
    }
  }
}
