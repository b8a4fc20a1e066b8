package io.stillstream.schemas.values;

import java.util.List;

/** Turns float arrays into the lists that Avro records hold, and back, without boxing. */
public final class FloatArrays {
  private FloatArrays() {}

  /**
   * An unmodifiable list of a copy of {@code values}; {@code AvroSerializer} writes it without
   * boxing.
   */
  public static List<Float> of(float... values) {
    return new FloatList(values.clone());
  }

  /** A new array with the values of any list of floats, without boxing for lists of this class. */
  public static float[] toArray(List<Float> list) {
    if (list instanceof FloatList floats) {
      return floats.toFloatArray();
    }
    float[] values = new float[list.size()];
    int i = 0;
    for (Float value : list) {
      values[i++] = value;
    }
    return values;
  }
}
