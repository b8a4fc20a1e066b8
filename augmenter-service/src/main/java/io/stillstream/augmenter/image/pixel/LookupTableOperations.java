package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Operations that map each of 256 levels to another: gamma and posterize; and equalize and
 * autocontrast, from the histogram of each channel, as Pillow and torchvision do.
 */
final class LookupTableOperations implements AutoCloseable {
  private static final int LEVELS = 256;
  private static final double[] LOGARITHMS =
      IntStream.range(0, LEVELS).mapToDouble(level -> StrictMath.log(level / 255.0)).toArray();

  private final BytePointer bytes = new BytePointer(3L * LEVELS);
  private final Mat shared = new Mat(1, LEVELS, opencv_core.CV_8UC1, bytes);
  private final Mat perChannel = new Mat(1, LEVELS, opencv_core.CV_8UC3, bytes);
  private final ChannelHistogram histogram = new ChannelHistogram();

  /** Raises levels, as fractions of 255, to the power of {@code gamma}. */
  void gamma(RenderBuffer buffer, RecipeStep step) {
    double gamma = step.value("gamma");
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      // e to the power of γ · ln v is v to the power of γ, at a third of the cost.
      double power = gamma == 0 ? 1 : StrictMath.exp(gamma * LOGARITHMS[level]);
      table[level] = (byte) (int) (255.999 * power);
    }
    applyTable(buffer, table, shared);
  }

  /** Keeps the upper {@code bits} of each level, 0 to 8. */
  void posterize(RenderBuffer buffer, RecipeStep step) {
    int bits = step.intValue("bits");
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) (level & (0xFF << (8 - bits)));
    }
    applyTable(buffer, table, shared);
  }

  /** Makes the histogram of each channel as even as it can be without splitting levels. */
  void equalize(RenderBuffer buffer, RecipeStep step) {
    byChannel(buffer, LookupTableOperations::equalizing);
  }

  /** Stretches the levels of each channel to 0 to 255. */
  void autocontrast(RenderBuffer buffer, RecipeStep step) {
    byChannel(buffer, LookupTableOperations::stretching);
  }

  /**
   * @param rule makes the new level of each level from the number of pixels of each level
   */
  private void byChannel(RenderBuffer buffer, UnaryOperator<int[]> rule) {
    int channels = buffer.image().channels();
    int[][] counts = histogram.of(buffer.image());
    byte[] table = new byte[LEVELS * channels];
    for (int channel = 0; channel < channels; channel++) {
      int[] levels = rule.apply(counts[channel]);
      for (int level = 0; level < LEVELS; level++) {
        table[level * channels + channel] = (byte) levels[level];
      }
    }
    applyTable(buffer, table, channels == 1 ? shared : perChannel);
  }

  /** Pillow's ImageOps.equalize: whole-number steps of the cumulated histogram. */
  private static int[] equalizing(int[] counts) {
    int total = 0;
    int highest = 0;
    for (int level = 0; level < LEVELS; level++) {
      total += counts[level];
      highest = counts[level] > 0 ? level : highest;
    }
    int step = (total - counts[highest]) / 255;
    int[] table = new int[LEVELS];
    int sum = step / 2;
    for (int level = 0; level < LEVELS; level++) {
      table[level] = step == 0 ? level : Math.min(255, sum / step);
      sum += counts[level];
    }
    return table;
  }

  /** torchvision's autocontrast: fractions are truncated; a channel of one level is unchanged. */
  private static int[] stretching(int[] counts) {
    int lowest = 0;
    int highest = LEVELS - 1;
    while (lowest < highest && counts[lowest] == 0) {
      lowest++;
    }
    while (highest > lowest && counts[highest] == 0) {
      highest--;
    }
    int[] table = new int[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] =
          highest == lowest
              ? level
              : Math.max(0, Math.min(255, (level - lowest) * 255 / (highest - lowest)));
    }
    return table;
  }

  private void applyTable(RenderBuffer buffer, byte[] table, Mat mat) {
    bytes.put(table, 0, table.length);
    opencv_core.LUT(buffer.image(), mat, buffer.backBuffer());
    buffer.swap();
  }

  /** Frees what is larger than the limit, bytes. */
  void shrink(long limit) {
    histogram.shrink(limit);
  }

  @Override
  public void close() {
    perChannel.close();
    shared.close();
    bytes.close();
  }
}
