package io.stillstream.schemas.values;

import java.util.AbstractList;
import java.util.RandomAccess;

/** An unmodifiable list of floats over an array: only {@link #get} boxes. */
public final class FloatList extends AbstractList<Float> implements RandomAccess {
  private final float[] values;

  /** Takes the array over, it does not copy. */
  FloatList(float[] values) {
    this.values = values;
  }

  /** The value at {@code index}, unboxed. */
  public float at(int index) {
    return values[index];
  }

  /** A copy of the values. */
  public float[] toFloatArray() {
    return values.clone();
  }

  @Override
  public Float get(int index) {
    return values[index];
  }

  @Override
  public int size() {
    return values.length;
  }
}
