package io.stillstream.labeler.output;

import io.stillstream.labeler.result.EncodedResult.TeacherAnswer;
import io.stillstream.labeler.result.GroundTruth;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.labeler.result.TruthEvaluation;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Writes the teachers' answers to records, and compares them with the truth of their views, as the
 * teachers' task requires.
 */
public final class AnswerEncoder {
  private final OutputShape output;
  private final OptionalInt topLogits;

  /**
   * @param output what the teachers answer
   * @param topLogits how many logits a record keeps, the largest; empty for all
   * @throws StartupException if the teachers do not answer more logits than that
   */
  public AnswerEncoder(OutputShape output, OptionalInt topLogits) {
    if (topLogits.isPresent() && output.task() != ModelTask.CLASSIFICATION) {
      throw new StartupException(
          "labels.top-k must be left out with task %s, was %d"
              .formatted(output.task().key(), topLogits.getAsInt()));
    }
    if (topLogits.isPresent() && topLogits.getAsInt() >= output.channels()) {
      throw new StartupException(
          "labels.top-k must be less than the teacher's %d classes, was %d"
              .formatted(output.channels(), topLogits.getAsInt()));
    }
    this.output = output;
    this.topLogits = topLogits;
  }

  /**
   * @throws StartupException if no answer fits into a record, so that every view would be rejected
   */
  void requireRoom(String topic, int maxBytes) {
    long bytes =
        output.task() == ModelTask.CLASSIFICATION
            ? (long) Float.BYTES * topLogits.orElse(output.size())
            : (long) Short.BYTES * output.size();
    if (bytes > maxBytes) {
      throw new StartupException(
          "teacher: its answers (%s) take %d bytes each, records of %s at most %d"
              .formatted(output, bytes, topic, maxBytes));
    }
  }

  LabeledView labeled(AugmentedView view, List<Teacher> teachers, float[] answer, Instant at) {
    return LabeledAnswers.labeled(view, teachers, answer, output, topLogits, at);
  }

  /** What is kept of an answer until its label is committed. */
  TeacherAnswer summary(AugmentedView view, List<Teacher> teachers, float[] answer) {
    return new TeacherAnswer(
        OperationStrength.of(view),
        view.getLineage(),
        teachers,
        output.task() == ModelTask.CLASSIFICATION ? Optional.of(answer) : Optional.empty());
  }

  /** The answer compared with the truth; empty where none is known that the answer fits. */
  Optional<TruthEvaluation> evaluate(AugmentedView view, float[] answer) {
    return switch (output.task()) {
      case CLASSIFICATION -> truth(view.getLabel()).flatMap(truth -> truth.evaluate(answer));
      case SEGMENTATION -> mask(view).flatMap(truth -> truth.evaluate(answer, output));
      case EMBEDDING -> Optional.empty();
    };
  }

  private static Optional<GroundTruth> truth(Label label) {
    if (label == null) {
      return Optional.empty();
    }
    Integer secondary = label.getSecondary();
    return Optional.of(
        secondary == null
            ? GroundTruth.of(label.getPrimary())
            : new GroundTruth(label.getPrimary(), secondary, label.getWeight()));
  }

  /** A mask that cannot be decoded says nothing against the view: its readers decide. */
  private Optional<MaskTruth> mask(AugmentedView view) {
    if (view.getMask() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          MaskTruth.of(
              MaskCodec.decode(view.getMask(), view.getHeight(), view.getWidth()), output));
    } catch (InvalidImageException e) {
      return Optional.empty();
    }
  }
}
