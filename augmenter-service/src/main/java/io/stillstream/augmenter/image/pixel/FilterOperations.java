package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/** Operations on the surroundings of each pixel: blur and sharpness. */
final class FilterOperations implements AutoCloseable {
  private static final int MAX_KERNEL = 99;
  private static final int WEIGHT_SUM = 256;

  private final FloatPointer weights = new FloatPointer(MAX_KERNEL);
  private final Size box = new Size(3, 3);

  /**
   * Gaussian blur with a kernel of {@code kernel_size} pixels, odd, and a standard deviation of
   * {@code sigma}; the border is mirrored without its outermost pixels. Weights are multiples of
   * 1/256, see {@link #gaussian}: with those OpenCV computes in whole numbers, twice as fast as its
   * own GaussianBlur.
   */
  void blur(RenderBuffer buffer, RecipeStep step) {
    int size = step.intValue("kernel_size");
    if (size < 1 || size > MAX_KERNEL || size % 2 == 0) {
      throw new IllegalArgumentException("gaussian_blur with a kernel of " + size);
    }
    weights.put(gaussian(size, step.value("sigma")), 0, size);
    try (Mat kernel = new Mat(1, size, opencv_core.CV_32FC1, weights)) {
      opencv_imgproc.sepFilter2D(buffer.image(), buffer.backBuffer(), -1, kernel, kernel);
    }
    buffer.swap();
  }

  /**
   * A Gaussian kernel of one dimension in multiples of 1/256 that add up to 1: plain areas stay
   * what they are, to the level. What rounding leaves over is carried on from the ends to the
   * middle.
   *
   * @param size number of weights, odd
   * @param sigma standard deviation, in weights, above 0
   */
  private static float[] gaussian(int size, double sigma) {
    int middle = size / 2;
    double[] exact = new double[middle + 1];
    double sum = 0;
    for (int i = 0; i <= middle; i++) {
      double x = (middle - i) / sigma;
      exact[i] = StrictMath.exp(-x * x / 2);
      sum += i == middle ? exact[i] : 2 * exact[i];
    }
    float[] weights = new float[size];
    double wanted = 0;
    long given = 0;
    for (int i = 0; i < middle; i++) {
      wanted += WEIGHT_SUM * exact[i] / sum;
      long weight = Math.round(wanted) - given;
      given += weight;
      weights[i] = (float) weight / WEIGHT_SUM;
      weights[size - 1 - i] = weights[i];
    }
    weights[middle] = (float) (WEIGHT_SUM - 2 * given) / WEIGHT_SUM;
    return weights;
  }

  /**
   * Blends with a smoothed image by {@code factor}: 0 smoothed, 1 as it is. Smoothed is the mean of
   * 3 × 3 pixels with five times the weight for the middle one, of 13 parts; the outermost pixels
   * stay as they are, and so does an image without others.
   */
  void sharpness(RenderBuffer buffer, RecipeStep step) {
    double factor = step.value("factor");
    Mat image = buffer.image();
    int width = image.cols() - 2;
    int height = image.rows() - 2;
    if (width < 1 || height < 1) {
      return;
    }
    opencv_imgproc.blur(image, buffer.backBuffer(), box);
    // (9 · mean of nine + 4 · middle) / 13 is the smoothed level.
    double other = (1 - factor) / 13;
    try (Rect inner = new Rect(1, 1, width, height);
        Mat middle = image.apply(inner);
        Mat mean = buffer.backBuffer().apply(inner)) {
      opencv_core.addWeighted(
          middle, factor + 4 * other, mean, 9 * other, Truncation.OFFSET, middle);
    }
  }

  @Override
  public void close() {
    box.close();
    weights.close();
  }
}
