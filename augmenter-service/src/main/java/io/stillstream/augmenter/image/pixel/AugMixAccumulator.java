package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.NativeBuffer;
import io.stillstream.augmenter.image.buffer.RenderBuffer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A weighted sum of images of one size, in single precision, and the image that all of them start
 * from. Fractions of a level are truncated, as torchvision's AugMix does it. Owns native memory,
 * which it uses again; for one thread.
 */
public final class AugMixAccumulator implements AutoCloseable {
  /**
   * Rounding of OpenCV is to the nearest: half a level less truncates. The thousandth keeps a sum
   * of equal levels, which rounding may leave slightly below them, at that level.
   */
  private static final double CUT_OFF = -0.5 + 0.001;

  private final Mat start = new Mat();
  private final Mat scaled = new Mat();
  private final Mat sum = new Mat();

  /** Keeps a copy of the image of a buffer, and begins the sum with a share of it. */
  public void begin(RenderBuffer buffer, double share) {
    buffer.image().copyTo(start);
    start.convertTo(sum, opencv_core.CV_MAKETYPE(opencv_core.CV_32F, start.channels()), share, 0);
  }

  /** Copies the kept image back into the buffer. */
  public void restart(RenderBuffer buffer) {
    start.copyTo(buffer.image());
  }

  /**
   * Adds a share of the image of a buffer.
   *
   * @throws IllegalArgumentException if it has another size than the remembered one
   */
  public void add(RenderBuffer buffer, double share) {
    if (buffer.image().rows() != start.rows() || buffer.image().cols() != start.cols()) {
      throw new IllegalArgumentException("a chain of aug_mix changes the size of the image");
    }
    buffer.image().convertTo(scaled, sum.type(), share, 0);
    opencv_core.add(sum, scaled, sum);
  }

  /** Copies the sum into the buffer. */
  public void finish(RenderBuffer buffer) {
    sum.convertTo(buffer.image(), start.type(), 1, CUT_OFF);
  }

  /** Frees buffers that are larger than the limit, bytes. */
  public void shrink(long limit) {
    NativeBuffer.shrink(start, limit);
    NativeBuffer.shrink(scaled, limit);
    NativeBuffer.shrink(sum, limit);
  }

  @Override
  public void close() {
    start.close();
    scaled.close();
    sum.close();
  }
}
