package io.stillstream.trainer.training.example;

import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import java.util.Arrays;

/**
 * Fills the targets of a batch, view by view. Where a cell has an answer and a label, the teacher
 * weighs α and the label 1 − α, else what there is weighs 1. A cell that its mask ignores weighs
 * nothing, with an answer or without.
 */
final class TargetBuilder {
  private final OutputShape output;
  private final LossSettings loss;
  private final BatchTargets targets;

  /**
   * @param n views of the batch
   */
  TargetBuilder(OutputShape output, LossSettings loss, int n) {
    this.output = output;
    this.loss = loss;
    this.targets = BatchTargets.none(n, output);
  }

  /** Adds the targets of the view with that index. */
  void add(int index, TrainingExample view) {
    boolean taught = view.hasAnswer() && loss.kind().usesTeacher();
    if (taught) {
      System.arraycopy(view.logits(), 0, targets.logits(), index * output.size(), output.size());
    }
    if (output.task() == ModelTask.SEGMENTATION && view.hasMask()) {
      addMask(index, view.mask().subsampled(output.stride()), taught);
      return;
    }
    LabelTarget label =
        output.task() == ModelTask.CLASSIFICATION ? view.target().orElse(null) : null;
    if (label != null) {
      addLabel(index, label);
      targets.labelWeights()[index] = taught ? (float) (1 - loss.alpha()) : 1;
    }
    if (taught) {
      Arrays.fill(
          targets.teacherWeights(),
          index * output.cells(),
          (index + 1) * output.cells(),
          label == null ? 1 : (float) loss.alpha());
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

  private void addMask(int index, SegmentationMask grid, boolean taught) {
    float[] labels = targets.labels();
    int cells = output.cells();
    float smoothing = (float) loss.labelSmoothing();
    for (int cell = 0; cell < cells; cell++) {
      int truth = grid.at(cell);
      if (truth == SegmentationMask.IGNORE) {
        continue;
      }
      int first = index * output.size() + cell;
      if (smoothing > 0) {
        for (int k = 0; k < output.channels(); k++) {
          labels[first + k * cells] = smoothing / output.channels();
        }
      }
      labels[first + truth * cells] += 1 - smoothing;
      targets.labelWeights()[index * cells + cell] = taught ? (float) (1 - loss.alpha()) : 1;
      targets.teacherWeights()[index * cells + cell] = taught ? (float) loss.alpha() : 0;
    }
  }

  BatchTargets targets() {
    return targets;
  }

  /** What the loss is divided by: views, or cells with any weight; at least 1. */
  int total() {
    if (output.task() != ModelTask.SEGMENTATION) {
      return targets.classes().length;
    }
    int total = 0;
    for (int i = 0; i < targets.labelWeights().length; i++) {
      total += targets.labelWeights()[i] + targets.teacherWeights()[i] > 0 ? 1 : 0;
    }
    return Math.max(1, total);
  }
}
