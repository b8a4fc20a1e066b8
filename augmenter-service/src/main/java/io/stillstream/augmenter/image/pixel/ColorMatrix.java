package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * One matrix of 3 rows and 4 columns applied to the colours of an image: three channels in, their
 * weighted sums and a constant out, rounded to the nearest level. OpenCV holds weights up to 32 in
 * steps of 1/1024, which is at most 0.4 levels.
 */
final class ColorMatrix implements AutoCloseable {
  private final FloatPointer coefficients = new FloatPointer(12);
  private final Mat matrix = new Mat(3, 4, opencv_core.CV_32FC1, coefficients);

  /**
   * Applies the matrix to an RGB image.
   *
   * @param rows the matrix row by row
   */
  void apply(RenderBuffer buffer, double[] rows) {
    for (int i = 0; i < rows.length; i++) {
      coefficients.put(i, (float) rows[i]);
    }
    opencv_core.transform(buffer.image(), buffer.backBuffer(), matrix);
    buffer.swap();
  }

  @Override
  public void close() {
    matrix.close();
    coefficients.close();
  }
}
