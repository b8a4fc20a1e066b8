package io.stillstream.schemas.answer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A class for each pixel of an image, or for each cell of a grid: one unsigned byte each,
 * row-major. {@link #IGNORE} marks pixels that losses and scores leave out. Immutable as long as
 * the array of {@link #classes()} is not modified.
 */
public final class SegmentationMask {
  /** The class of pixels that count neither in a loss nor in a score. */
  public static final int IGNORE = 255;

  private final int height;
  private final int width;
  private final byte[] classes;

  /**
   * @param classes of that many pixels, row-major; not copied
   * @throws IllegalArgumentException if there are more or fewer
   */
  public SegmentationMask(int height, int width, byte[] classes) {
    if (height < 1 || width < 1 || (long) height * width != classes.length) {
      throw new IllegalArgumentException(
          "a mask of %d x %d cannot have %d pixels".formatted(height, width, classes.length));
    }
    this.height = height;
    this.width = width;
    this.classes = classes;
  }

  /**
   * The most probable class of each cell of a grid.
   *
   * @param row logits [K, h, w]
   */
  public static SegmentationMask ofCells(float[] row, OutputShape output) {
    return new SegmentationMask(
        output.height(), output.width(), top(row, output.channels(), output.cells()));
  }

  /**
   * The most probable class of each pixel of the view: logits are interpolated bilinearly between
   * the centres of cells, and beyond the outermost centres they stay as they are (PyTorch's {@code
   * interpolate} with {@code align_corners=False}).
   *
   * @param row logits [K, h, w]
   */
  public static SegmentationMask ofPixels(float[] row, OutputShape output) {
    int stride = output.stride();
    if (stride == 1) {
      return ofCells(row, output);
    }
    int height = Math.multiplyExact(output.height(), stride);
    int width = Math.multiplyExact(output.width(), stride);
    Interpolation columns = Interpolation.of(output.width(), stride);
    Interpolation rows = Interpolation.of(output.height(), stride);
    byte[] classes = new byte[Math.multiplyExact(height, width)];
    float[] line = new float[output.channels() * width];
    for (int y = 0; y < height; y++) {
      for (int k = 0; k < output.channels(); k++) {
        int upper = k * output.cells() + rows.first[y] * output.width();
        int lower = k * output.cells() + rows.second[y] * output.width();
        for (int x = 0; x < width; x++) {
          float above = columns.between(row, upper, x);
          line[k * width + x] = above + rows.share[y] * (columns.between(row, lower, x) - above);
        }
      }
      System.arraycopy(top(line, output.channels(), width), 0, classes, y * width, width);
    }
    return new SegmentationMask(height, width, classes);
  }

  private static byte[] top(float[] logits, int channels, int cells) {
    float[] largest = Arrays.copyOf(logits, cells);
    byte[] top = new byte[cells];
    for (int k = 1; k < channels; k++) {
      for (int i = 0; i < cells; i++) {
        float logit = logits[k * cells + i];
        if (logit > largest[i]) {
          largest[i] = logit;
          top[i] = (byte) k;
        }
      }
    }
    return top;
  }

  /** Where the pixels of one axis lie between the centres of cells. */
  @SuppressWarnings("ArrayRecordComponent") // made once for a mask
  private record Interpolation(int[] first, int[] second, float[] share) {
    static Interpolation of(int cells, int stride) {
      int[] first = new int[cells * stride];
      int[] second = new int[first.length];
      float[] share = new float[first.length];
      for (int i = 0; i < first.length; i++) {
        float centre = Math.max(0, (i + 0.5f) / stride - 0.5f);
        first[i] = (int) centre;
        second[i] = Math.min(first[i] + 1, cells - 1);
        share[i] = centre - first[i];
      }
      return new Interpolation(first, second, share);
    }

    float between(float[] row, int from, int i) {
      float left = row[from + first[i]];
      return left + share[i] * (row[from + second[i]] - left);
    }
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** Unsigned bytes, row-major; not a copy. */
  public byte[] classes() {
    return classes;
  }

  /** The class of a pixel, 0 to 255, by its number in row-major order. */
  public int at(int pixel) {
    return classes[pixel] & 0xff;
  }

  /** Pixels of each class, {@code [IGNORE + 1]}. */
  public int[] counts() {
    int[] counts = new int[IGNORE + 1];
    for (byte value : classes) {
      counts[value & 0xff]++;
    }
    return counts;
  }

  /**
   * The classes with most pixels; of equal ones the first.
   *
   * @param most how many at most
   * @param names of classes; one without a name is called by its number
   */
  public List<ClassShare> largest(int most, List<String> names) {
    int[] counts = counts();
    return IntStream.range(0, counts.length)
        .filter(k -> counts[k] > 0)
        .boxed()
        .sorted(Comparator.comparingInt(k -> -counts[k]))
        .limit(most)
        .map(k -> new ClassShare(name(k, names), (double) counts[k] / classes.length))
        .toList();
  }

  private static String name(int id, List<String> names) {
    if (id < names.size()) {
      return names.get(id);
    }
    return id == IGNORE ? "ignore" : "class " + id;
  }

  /**
   * A class and its share of a mask's pixels.
   *
   * @param share more than 0, at most 1
   */
  public record ClassShare(String name, double share) {}

  /** Whether all classes are below {@code count}, or {@link #IGNORE}. */
  public boolean hasOnlyClassesBelow(int count) {
    for (byte value : classes) {
      int id = value & 0xff;
      if (id >= count && id != IGNORE) {
        return false;
      }
    }
    return true;
  }

  /**
   * The pixel at the centre of each cell of {@code stride} x {@code stride} pixels; right and below
   * of the centre where the stride is even.
   *
   * @throws IllegalArgumentException if a side is no multiple of the stride
   */
  public SegmentationMask subsampled(int stride) {
    if (stride == 1) {
      return this;
    }
    if (height % stride != 0 || width % stride != 0) {
      throw new IllegalArgumentException(
          "a mask of %d x %d has no whole cells of %d x %d"
              .formatted(height, width, stride, stride));
    }
    int rows = height / stride;
    int columns = width / stride;
    byte[] cells = new byte[rows * columns];
    for (int y = 0, i = 0; y < rows; y++) {
      int from = (y * stride + stride / 2) * width + stride / 2;
      for (int x = 0; x < columns; x++) {
        cells[i++] = classes[from + x * stride];
      }
    }
    return new SegmentationMask(rows, columns, cells);
  }

  /** Left and right exchanged. */
  public SegmentationMask mirrored() {
    byte[] mirrored = new byte[classes.length];
    for (int from = 0; from < classes.length; from += width) {
      for (int x = 0; x < width; x++) {
        mirrored[from + x] = classes[from + width - 1 - x];
      }
    }
    return new SegmentationMask(height, width, mirrored);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SegmentationMask mask
        && height == mask.height
        && width == mask.width
        && Arrays.equals(classes, mask.classes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(classes);
  }

  @Override
  public String toString() {
    return "SegmentationMask[%d x %d]".formatted(height, width);
  }
}
