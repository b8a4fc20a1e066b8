package io.stillstream.labeler.batching;

import java.util.List;

/**
 * The batch sizes of a teacher. With buckets a batch is padded up to the next of them, so that the
 * teacher sees few shapes, all of which it has seen at its warm-up: it may compile itself again for
 * each new shape.
 *
 * @param max views in the largest batch that is gathered, at least 1
 * @param buckets sizes allowed, ascending, the last at least {@code max}; empty allows any
 */
public record BatchBuckets(int max, List<Integer> buckets) {
  public BatchBuckets {
    buckets = List.copyOf(buckets);
    if (max < 1) {
      throw new IllegalArgumentException("max-size must be at least 1, was " + max);
    }
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.get(i) < 1 || (i > 0 && buckets.get(i) <= buckets.get(i - 1))) {
        throw new IllegalArgumentException(
            "buckets must be ascending and at least 1, was " + buckets);
      }
    }
    if (!buckets.isEmpty() && buckets.get(buckets.size() - 1) < max) {
      throw new IllegalArgumentException(
          "buckets must reach max-size (%d), was %s".formatted(max, buckets));
    }
  }

  /** Views in the largest batch, padding included. */
  public int largest() {
    return padded(max, Integer.MAX_VALUE);
  }

  /** The sizes for the warm-up: all buckets, or without buckets the smallest and the largest. */
  public List<Integer> warmUpSizes() {
    if (!buckets.isEmpty()) {
      return buckets;
    }
    return max == 1 ? List.of(1) : List.of(1, max);
  }

  /**
   * The batch size where the device has room for so many views: the largest bucket within, if there
   * is one.
   */
  public int largestWithin(int room) {
    return buckets.stream().filter(bucket -> bucket <= room).reduce((a, b) -> b).orElse(room);
  }

  /** The size to which n views are padded; n where the next bucket would be more than the room. */
  public int padded(int n, int room) {
    return buckets.stream().filter(bucket -> bucket >= n && bucket <= room).findFirst().orElse(n);
  }
}
