package io.stillstream.trainer.training.example;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Views as a student takes them. Shares its input with {@link BatchBuilder}: short-lived. */
public final class TrainingBatch {
  private final ByteBuffer input;
  private final long[] shape;
  private final boolean isFloat;
  private final int classes;
  private final BatchTargets targets;
  private final int total;

  TrainingBatch(
      ByteBuffer input,
      long[] shape,
      boolean isFloat,
      int classes,
      BatchTargets targets,
      int total) {
    this.input = input;
    this.shape = shape;
    this.isFloat = isFloat;
    this.classes = classes;
    this.targets = targets;
    this.total = total;
  }

  /** N. */
  public int size() {
    return targets.classes().length;
  }

  /** K. */
  public int classes() {
    return classes;
  }

  /** A direct buffer of exactly the input's size, in native order. */
  public ByteBuffer input() {
    return input;
  }

  /** [N, H, W, C], of scaled floats or of bytes. */
  public long[] shape() {
    return shape;
  }

  public boolean isFloat() {
    return isFloat;
  }

  /** Of the teacher, [N·K]; zeros where there are none. */
  public float[] logits() {
    return targets.logits();
  }

  /** Probabilities of the classes by the labels, smoothed, [N·K]; zeros where there is none. */
  public float[] labels() {
    return targets.labels();
  }

  /** The class that the label names, of a mixed label that with more weight, [N]; −1 for none. */
  public int[] targets() {
    return targets.classes();
  }

  /** Weight of the teacher in the loss of each view, [N]. */
  public float[] teacherWeights() {
    return targets.teacherWeights();
  }

  /** Weight of the label in the loss of each view, [N]. */
  public float[] labelWeights() {
    return targets.labelWeights();
  }

  /** Views of the step: what the loss is averaged over. More than N in a part of a batch. */
  public int total() {
    return total;
  }

  /**
   * Parts of nearly the same size, which share this batch's input.
   *
   * @param count at most so many; fewer if a part would have less than two views, which batch norm
   *     refuses
   */
  public List<TrainingBatch> parts(int count) {
    int parts = Math.max(1, Math.min(count, size() / 2));
    if (parts == 1) {
      return List.of(this);
    }
    List<TrainingBatch> result = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      result.add(part((int) ((long) size() * i / parts), (int) ((long) size() * (i + 1) / parts)));
    }
    return result;
  }

  private TrainingBatch part(int from, int to) {
    int bytes = input.capacity() / size();
    long[] partShape = shape.clone();
    partShape[0] = (long) to - from;
    return new TrainingBatch(
        input.slice(from * bytes, (to - from) * bytes).order(ByteOrder.nativeOrder()),
        partShape,
        isFloat,
        classes,
        targets.range(from, to),
        total);
  }
}
