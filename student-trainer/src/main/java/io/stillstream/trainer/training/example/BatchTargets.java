package io.stillstream.trainer.training.example;

import io.stillstream.schemas.answer.OutputShape;
import java.util.Arrays;

/**
 * What a batch of N views is trained towards: rows of the student's output, and weights for each of
 * its cells.
 *
 * @param logits answers of the teacher, [N·size]; zeros without one
 * @param labels probabilities by labels and masks, smoothed, [N·size]; zeros without either, and
 *     for embeddings
 * @param classes the class of each label, of a mixed one that with more weight, [N]; −1 for none
 * @param teacherWeights weight of the teacher in the loss of each cell, [N·cells]
 * @param labelWeights weight of the label in the loss of each cell, [N·cells]
 * @param unsure cells of each view in which the answer has no weight as the teacher is unsure, [N]
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a batch, read by the step
public record BatchTargets(
    float[] logits,
    float[] labels,
    int[] classes,
    float[] teacherWeights,
    float[] labelWeights,
    int[] unsure) {
  /** Targets of views without teacher, label and mask. */
  static BatchTargets none(int n, OutputShape output) {
    int[] classes = new int[n];
    Arrays.fill(classes, -1);
    int size = n * output.size();
    int cells = n * output.cells();
    return new BatchTargets(
        new float[size], new float[size], classes, new float[cells], new float[cells], new int[n]);
  }

  /** The targets of some of the views. */
  BatchTargets range(int from, int to) {
    return new BatchTargets(
        range(logits, from, to),
        range(labels, from, to),
        Arrays.copyOfRange(classes, from, to),
        range(teacherWeights, from, to),
        range(labelWeights, from, to),
        Arrays.copyOfRange(unsure, from, to));
  }

  private float[] range(float[] values, int from, int to) {
    int each = values.length / classes.length;
    return Arrays.copyOfRange(values, from * each, to * each);
  }
}
