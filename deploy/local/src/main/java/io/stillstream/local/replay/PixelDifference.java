package io.stillstream.local.replay;

import java.util.Optional;

/**
 * How two images of one shape differ.
 *
 * @param values how many values there are
 * @param different how many of them differ
 * @param first index of the first that differs
 * @param recorded it as recorded, 0 to 255
 * @param replayed it as replayed, 0 to 255
 * @param largest largest difference, grey levels
 * @param mean mean of the differences over all values, grey levels
 */
record PixelDifference(
    int values, int different, int first, int recorded, int replayed, int largest, double mean) {

  /**
   * @return empty if they are equal
   */
  static Optional<PixelDifference> between(byte[] recorded, byte[] replayed) {
    if (recorded.length != replayed.length) {
      throw new IllegalArgumentException(
          "images of %d and %d values".formatted(recorded.length, replayed.length));
    }
    int different = 0;
    int first = -1;
    int largest = 0;
    long sum = 0;
    for (int i = 0; i < recorded.length; i++) {
      int distance = Math.abs((recorded[i] & 0xff) - (replayed[i] & 0xff));
      if (distance > 0) {
        different++;
        first = first < 0 ? i : first;
        largest = Math.max(largest, distance);
        sum += distance;
      }
    }
    return different == 0
        ? Optional.empty()
        : Optional.of(
            new PixelDifference(
                recorded.length,
                different,
                first,
                recorded[first] & 0xff,
                replayed[first] & 0xff,
                largest,
                (double) sum / recorded.length));
  }

  /** In words; the place of the first difference by the shape of the images. */
  String text(int width, int channels) {
    int pixel = first / channels;
    return "%d of %d values differ, the first at row %d, column %d, channel %d (recorded %d, replayed %d); by %d at most, %.4f on average"
        .formatted(
            different,
            values,
            pixel / width,
            pixel % width,
            first % channels,
            recorded,
            replayed,
            largest,
            mean);
  }
}
