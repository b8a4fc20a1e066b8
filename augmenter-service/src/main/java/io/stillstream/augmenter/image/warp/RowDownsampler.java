package io.stillstream.augmenter.image.warp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Averages rows of pixels: each row of the result is the average of the height that it covers,
 * columns stay. Eight bytes are weighed in two multiplications, as four numbers of 16 bits each,
 * which is several times as fast as OpenCV's {@code INTER_AREA}. Weights are rounded to 1/256, so
 * levels differ from it by one now and then, and by two where rows alternate between extremes.
 */
final class RowDownsampler {
  private static final int LANE = Long.BYTES;
  private static final int WHOLE = 256;

  /** Beyond it a row weighs too little to be rounded. */
  private static final int MAX_REDUCTION = 8;

  private static final long EVEN = 0x00FF00FF00FF00FFL;
  private static final long HALF = 0x0080008000800080L;

  private RowDownsampler() {}

  /** Whether the image can be averaged down to so many rows. */
  static boolean supports(Mat image, int height) {
    return image.cols() * image.channels() >= LANE
        && image.rows() > height
        && image.rows() <= MAX_REDUCTION * height;
  }

  /**
   * Averages down to fewer rows.
   *
   * @param image 8 bits per channel
   * @param target gets {@code height} rows of as many columns; another Mat than the image
   * @param height rows of the result, see {@link #supports}
   */
  static void downsample(Mat image, Mat target, int height) {
    target.create(height, image.cols(), image.type());
    ByteBuffer from = bytes(image);
    ByteBuffer to = bytes(target);
    int fromStep = Math.toIntExact(image.step());
    int toStep = Math.toIntExact(target.step());
    int length = image.cols() * image.channels();
    // The last lane overlaps the one before it where the length is no multiple.
    int lanes = (length + LANE - 1) / LANE;
    long[] even = new long[lanes];
    long[] odd = new long[lanes];
    double covered = (double) image.rows() / height;
    for (int row = 0; row < height; row++) {
      Arrays.fill(even, HALF);
      Arrays.fill(odd, HALF);
      double start = row * covered;
      int first = (int) start;
      int last = Math.min(image.rows() - 1, (int) Math.ceil(start + covered) - 1);
      int before = 0;
      for (int source = first; source <= last; source++) {
        double share = Math.min(1, (source + 1 - start) / covered);
        int upTo = source == last ? WHOLE : (int) Math.round(WHOLE * share);
        add(from, source * fromStep, length, upTo - before, even, odd);
        before = upTo;
      }
      write(even, odd, to, row * toStep, length);
    }
  }

  private static void add(
      ByteBuffer from, int start, int length, long weight, long[] even, long[] odd) {
    int last = even.length - 1;
    for (int lane = 0; lane < last; lane++) {
      long bytes = from.getLong(start + lane * LANE);
      even[lane] += (bytes & EVEN) * weight;
      odd[lane] += ((bytes >>> 8) & EVEN) * weight;
    }
    long bytes = from.getLong(start + length - LANE);
    even[last] += (bytes & EVEN) * weight;
    odd[last] += ((bytes >>> 8) & EVEN) * weight;
  }

  private static void write(long[] even, long[] odd, ByteBuffer to, int start, int length) {
    int last = even.length - 1;
    for (int lane = 0; lane < last; lane++) {
      to.putLong(start + lane * LANE, pack(even[lane], odd[lane]));
    }
    to.putLong(start + length - LANE, pack(even[last], odd[last]));
  }

  /** The upper halves of the numbers, as the eight bytes that they came from. */
  private static long pack(long even, long odd) {
    return ((even >>> 8) & EVEN) | (odd & ~EVEN);
  }

  private static ByteBuffer bytes(Mat image) {
    BytePointer data = image.data();
    long length = (image.rows() - 1L) * image.step() + (long) image.cols() * image.channels();
    return data.capacity(length).asByteBuffer().order(ByteOrder.nativeOrder());
  }
}
