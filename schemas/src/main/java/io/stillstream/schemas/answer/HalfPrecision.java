package io.stillstream.schemas.answer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Half-precision numbers (IEEE 754 binary16, little-endian) and floats. Floats are rounded to the
 * nearest half, ties to even, as PyTorch and NumPy do it; beyond ±65,504 they become infinite.
 */
public final class HalfPrecision {
  /** Largest finite number. */
  public static final float MAX_VALUE = 65_504;

  private static final float[] FLOATS = new float[1 << 16];

  static {
    for (int bits = 0; bits < FLOATS.length; bits++) {
      FLOATS[bits] = decoded(bits);
    }
  }

  private HalfPrecision() {}

  /** Whether it is rounded to zero. */
  public static boolean isZero(float value) {
    return (encoded(value) & 0x7fff) == 0;
  }

  /** Two bytes for each number. */
  public static byte[] encode(float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Short.BYTES)];
    for (int i = 0; i < values.length; i++) {
      int bits = encoded(values[i]);
      bytes[2 * i] = (byte) bits;
      bytes[2 * i + 1] = (byte) (bits >> 8);
    }
    return bytes;
  }

  /** All numbers between position and limit, which do not change. */
  public static float[] decode(ByteBuffer bytes) {
    ByteBuffer halves = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[halves.remaining() / Short.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = FLOATS[halves.getShort() & 0xffff];
    }
    return values;
  }

  private static float decoded(int bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((float) fraction, -24);
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
        };
    return bits >> 15 == 0 ? magnitude : -magnitude;
  }

  private static int encoded(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(magnitude)) {
      return sign | 0x7e00;
    }
    // Halfway between the largest half and the one that would follow it.
    if (magnitude >= 65_520) {
      return sign | 0x7c00;
    }
    // Below the smallest normal number the steps are 2⁻²⁴ throughout.
    int exponent = Math.max(Math.getExponent(magnitude), -14);
    // Exact: the product has the 24 bits of the float; rint rounds ties to even. A carry out of the
    // fraction moves on to the exponent, as it should.
    int fraction = (int) Math.rint(Math.scalb((double) magnitude, 10 - exponent));
    return sign | (((exponent + 14) << 10) + fraction);
  }
}
