package io.stillstream.schemas.answer;

import java.util.Arrays;

/** The classes with the largest logits, found without sorting the others. */
final class LargestLogits {
  private LargestLogits() {}

  /**
   * The classes, the largest logit first; of equal logits that of the lower class.
   *
   * @param row not NaN
   * @param count from 1 to the size of the row
   */
  static int[] of(float[] row, int count) {
    // Sorted whenever it is full, so it takes O(K log k) at worst, and O(K) for most rows.
    long[] kept = new long[(int) Math.min(row.length, 2L * count)];
    int size = 0;
    long least = Long.MIN_VALUE;
    for (int k = 0; k < row.length; k++) {
      long key = key(row[k], k);
      if (key < least) {
        continue;
      }
      if (size == kept.length) {
        Arrays.sort(kept);
        System.arraycopy(kept, size - count, kept, 0, count);
        size = count;
        least = kept[0];
      }
      kept[size++] = key;
    }
    Arrays.sort(kept, 0, size);
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      classes[i] = ~(int) kept[size - 1 - i];
    }
    return classes;
  }

  /** Ordered as the logits, and where they are equal in the reverse order of the classes. */
  private static long key(float logit, int k) {
    int bits = Float.floatToIntBits(logit);
    // Negative floats are ordered the other way round than their bits.
    int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    return ((long) ordered << 32) | (~k & 0xffff_ffffL);
  }
}
