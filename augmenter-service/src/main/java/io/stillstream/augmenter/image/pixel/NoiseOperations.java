package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.HeapPixelBuffer;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.schemas.values.SplitMix64;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Random levels from a seed, by whole numbers only: the same on every processor. Four deviates are
 * taken from each number of a {@link SplitMix64}.
 */
final class NoiseOperations {
  private final HeapPixelBuffer pixels = new HeapPixelBuffer();
  private final NormalDeviateTable normal = new NormalDeviateTable();
  private byte[] row = new byte[0];

  /**
   * Adds a normal deviate of mean {@code mean} and standard deviation {@code sigma}, fractions of
   * 255, to each level.
   */
  void add(RenderBuffer buffer, RecipeStep step) {
    int[] deviates = normal.of(255 * step.value("mean"), 255 * step.value("sigma"));
    SplitMix64 stream = new SplitMix64((long) step.value("seed"));
    Mat image = buffer.image();
    int length = HeapPixelBuffer.length(image);
    byte[] bytes = pixels.read(image);
    int whole = length - length % 4;
    for (int i = 0; i < whole; i += 4) {
      long bits = stream.nextLong();
      bytes[i] = sum(bytes[i], deviates[NormalDeviateTable.index(bits >>> 48)]);
      bytes[i + 1] = sum(bytes[i + 1], deviates[NormalDeviateTable.index(bits >>> 32)]);
      bytes[i + 2] = sum(bytes[i + 2], deviates[NormalDeviateTable.index(bits >>> 16)]);
      bytes[i + 3] = sum(bytes[i + 3], deviates[NormalDeviateTable.index(bits)]);
    }
    long bits = stream.nextLong();
    for (int i = whole; i < length; i++) {
      bytes[i] = sum(bytes[i], deviates[NormalDeviateTable.index(bits)]);
      bits >>>= 16;
    }
    pixels.write(image);
  }

  private static byte sum(byte level, int deviate) {
    return (byte) Math.max(0, Math.min(255, (level & 0xFF) + deviate));
  }

  /**
   * Fills the rectangle {@code top}, {@code left}, {@code height}, {@code width} with the level
   * {@code value}, or, if there is a {@code seed}, with noise: all levels alike.
   */
  void erase(RenderBuffer buffer, RecipeStep step) {
    Mat image = buffer.image();
    int top = step.intValue("top");
    int left = step.intValue("left");
    int height = step.intValue("height");
    int width = step.intValue("width");
    if (top < 0
        || left < 0
        || height < 0
        || width < 0
        || height > image.rows() - top
        || width > image.cols() - left) {
      throw new IllegalArgumentException("erase " + step.values() + " is not within the image");
    }
    int channels = image.channels();
    int length = width * channels;
    if (row.length < length) {
      row = new byte[length];
    }
    boolean random = step.values().containsKey("seed");
    SplitMix64 stream = random ? new SplitMix64((long) step.value("seed")) : null;
    if (!random) {
      Arrays.fill(row, (byte) step.intValue("value"));
    }
    BytePointer data = image.data();
    for (int y = top; y < top + height; y++) {
      if (random) {
        fill(stream, length);
      }
      data.position(((long) y * image.cols() + left) * channels).put(row, 0, length);
    }
  }

  /** Eight levels from each number, lowest byte first; what a row does not need is left. */
  private void fill(SplitMix64 stream, int length) {
    long bits = 0;
    for (int i = 0; i < length; i++) {
      bits = i % 8 == 0 ? stream.nextLong() : bits >>> 8;
      row[i] = (byte) bits;
    }
  }

  /** Forgets memory that is larger than the limit, bytes. */
  void shrink(long limit) {
    pixels.shrink(limit);
  }
}
