package io.stillstream.trainer.training.example;

import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.util.Arrays;

/**
 * Fills the targets of a batch, view by view. Where a cell has an answer and a label, the teacher
 * weighs α and the label 1 − α, else what there is weighs 1. A cell that its mask ignores weighs
 * nothing, with an answer or without. An answer of a teacher that is not sure enough weighs
 * nothing, as if there were none.
 */
final class TargetBuilder {
  private final OutputShape output;
  private final LossSettings loss;
  private final ConfidenceThreshold threshold;
  private final BatchTargets targets;

  /**
   * @param n views of the batch
   */
  TargetBuilder(OutputShape output, LossSettings loss, int n) {
    this.output = output;
    this.loss = loss;
    this.threshold = new ConfidenceThreshold(output, loss.minConfidence());
    this.targets = BatchTargets.none(n, output);
  }

  /** Adds the targets of the view with that index. */
  void add(int index, TrainingExample view) {
    boolean answered = view.hasAnswer() && loss.kind().usesTeacher();
    float[] row = answered ? view.logits() : null;
    if (answered) {
      System.arraycopy(row, 0, targets.logits(), index * output.size(), output.size());
    }
    SegmentationMask grid =
        output.task() == ModelTask.SEGMENTATION && view.hasMask()
            ? view.mask().subsampled(output.stride())
            : null;
    LabelTarget label =
        output.task() == ModelTask.CLASSIFICATION ? view.target().orElse(null) : null;
    if (label != null) {
      addLabel(index, label);
    }
    for (int cell = 0; cell < output.cells(); cell++) {
      if (grid != null && grid.at(cell) == SegmentationMask.IGNORE) {
        continue;
      }
      if (grid != null) {
        addLabel(index, cell, grid.at(cell));
      }
      boolean taught = answered && threshold.isReached(view.answer(), row, cell);
      weigh(index * output.cells() + cell, label != null || grid != null, taught);
      targets.unsure()[index] += answered && !taught ? 1 : 0;
    }
  }

  private void weigh(int cell, boolean labelled, boolean taught) {
    if (taught) {
      targets.teacherWeights()[cell] = labelled ? (float) loss.alpha() : 1;
    }
    if (labelled) {
      targets.labelWeights()[cell] = taught ? (float) (1 - loss.alpha()) : 1;
    }
  }

  private void addLabel(int index, LabelTarget label) {
    float[] labels = targets.labels();
    int k = output.channels();
    int from = index * k;
    float smoothing = (float) loss.labelSmoothing();
    targets.classes()[index] = label.top();
    if (smoothing > 0) {
      Arrays.fill(labels, from, from + k, smoothing / k);
    }
    labels[from + label.primary()] += (1 - smoothing) * label.weight();
    labels[from + label.secondary()] += (1 - smoothing) * (1 - label.weight());
  }

  private void addLabel(int index, int cell, int truth) {
    float[] labels = targets.labels();
    int cells = output.cells();
    int first = index * output.size() + cell;
    float smoothing = (float) loss.labelSmoothing();
    if (smoothing > 0) {
      for (int k = 0; k < output.channels(); k++) {
        labels[first + k * cells] = smoothing / output.channels();
      }
    }
    labels[first + truth * cells] += 1 - smoothing;
  }

  BatchTargets targets() {
    return targets;
  }

  /** What the loss is divided by: views, or cells, with any weight, at least 1; all embeddings. */
  int total() {
    if (output.task() == ModelTask.EMBEDDING) {
      return targets.classes().length;
    }
    int total = 0;
    for (int i = 0; i < targets.labelWeights().length; i++) {
      total += targets.labelWeights()[i] + targets.teacherWeights()[i] > 0 ? 1 : 0;
    }
    return Math.max(1, total);
  }
}
