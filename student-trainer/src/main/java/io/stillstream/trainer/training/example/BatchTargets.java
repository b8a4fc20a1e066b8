package io.stillstream.trainer.training.example;

import java.util.Arrays;

/**
 * What a batch of N views is trained towards, over K classes.
 *
 * @param logits of the teacher, [N·K]; zeros without logits
 * @param labels probabilities by the labels, smoothed, [N·K]; zeros without a label
 * @param classes the class of each label, of a mixed one that with more weight, [N]; −1 for none
 * @param teacherWeights weight of the teacher in the loss of each view, [N]
 * @param labelWeights weight of the label in the loss of each view, [N]
 */
@SuppressWarnings("ArrayRecordComponent") // made once for a batch, read by the step
public record BatchTargets(
    float[] logits, float[] labels, int[] classes, float[] teacherWeights, float[] labelWeights) {
  /** Targets of views without teacher and label. */
  static BatchTargets none(int n, int k) {
    int[] classes = new int[n];
    Arrays.fill(classes, -1);
    return new BatchTargets(
        new float[n * k], new float[n * k], classes, new float[n], new float[n]);
  }

  /** The targets of some of the views. */
  BatchTargets range(int from, int to) {
    int k = logits.length / classes.length;
    return new BatchTargets(
        Arrays.copyOfRange(logits, from * k, to * k),
        Arrays.copyOfRange(labels, from * k, to * k),
        Arrays.copyOfRange(classes, from, to),
        Arrays.copyOfRange(teacherWeights, from, to),
        Arrays.copyOfRange(labelWeights, from, to));
  }
}
