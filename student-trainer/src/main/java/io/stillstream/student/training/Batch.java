package io.stillstream.student.training;

import java.nio.ByteBuffer;

/** Views as a student takes them. Shares its input with {@link BatchBuilder}: short-lived. */
public final class Batch {
  private final ByteBuffer input;
  private final long[] shape;
  private final boolean isFloat;
  private final int classes;
  private final float[] logits;
  private final float[] labels;
  private final float[] teacherWeights;
  private final float[] labelWeights;

  Batch(
      ByteBuffer input,
      long[] shape,
      boolean isFloat,
      int classes,
      float[] logits,
      float[] labels,
      float[] teacherWeights,
      float[] labelWeights) {
    this.input = input;
    this.shape = shape;
    this.isFloat = isFloat;
    this.classes = classes;
    this.logits = logits;
    this.labels = labels;
    this.teacherWeights = teacherWeights;
    this.labelWeights = labelWeights;
  }

  /** N. */
  public int size() {
    return teacherWeights.length;
  }

  /** K. */
  public int classes() {
    return classes;
  }

  /** A direct buffer of exactly the input's size, in native order. */
  public ByteBuffer input() {
    return input;
  }

  /** [N, C, H, W] of floats, or [N, H, W, C] of bytes. */
  public long[] shape() {
    return shape;
  }

  public boolean isFloat() {
    return isFloat;
  }

  /** Of the teacher, [N·K]; zeros where there are none. */
  public float[] logits() {
    return logits;
  }

  /** Probabilities of the classes by the labels, [N·K]; zeros where there is none. */
  public float[] labels() {
    return labels;
  }

  /** Weight of the teacher in the loss of each view, [N]. */
  public float[] teacherWeights() {
    return teacherWeights;
  }

  /** Weight of the label in the loss of each view, [N]. */
  public float[] labelWeights() {
    return labelWeights;
  }
}
