package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Brightness, contrast, saturation and grey, each a blend with black, the mean grey or the pixel's
 * own grey as in torchvision: factor · image + (1 − factor) · other, clipped to 0 to 255 and to
 * whole levels. Grey images have neither saturation nor another grey, and stay as they are there.
 */
final class ColorOperations implements AutoCloseable {
  private static final double[] LUMA = {0.2989, 0.587, 0.114};

  /** 3 × 4: weights of the channels and a constant, for each channel of the result. */
  private final FloatPointer coefficients = new FloatPointer(12);

  private final Mat matrix = new Mat(3, 4, opencv_core.CV_32FC1, coefficients);

  /** Multiplies by {@code factor}. */
  void brightness(RenderBuffer buffer, RecipeStep step) {
    scale(buffer.image(), step.value("factor"), 0);
  }

  /** Multiplies the distance from the mean grey of the image by {@code factor}. */
  void contrast(RenderBuffer buffer, RecipeStep step) {
    double factor = step.value("factor");
    scale(buffer.image(), factor, (1 - factor) * meanGrey(buffer));
  }

  /** Multiplies the distance from the grey of each pixel by {@code factor}. */
  void saturation(RenderBuffer buffer, RecipeStep step) {
    if (buffer.image().channels() == 1) {
      return;
    }
    double factor = step.value("factor");
    double[] rows = new double[12];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        rows[4 * i + j] = (1 - factor) * LUMA[j] + (i == j ? factor : 0);
      }
      // torchvision truncates fractions twice, from the grey and from the result: the middle of
      // both.
      rows[4 * i + 3] = Truncation.OFFSET - (1 - factor) / 2;
    }
    transform(buffer, rows);
  }

  /** Gives all channels the grey of the pixel. */
  void grayscale(RenderBuffer buffer, RecipeStep step) {
    if (buffer.image().channels() == 3) {
      opencv_imgproc.cvtColor(buffer.image(), buffer.backBuffer(), opencv_imgproc.COLOR_RGB2GRAY);
      opencv_imgproc.cvtColor(buffer.backBuffer(), buffer.image(), opencv_imgproc.COLOR_GRAY2RGB);
    }
  }

  /** factor · image + shift in place, fractions truncated. */
  static void scale(Mat image, double factor, double shift) {
    image.convertTo(image, -1, factor, shift + Truncation.OFFSET);
  }

  /**
   * Mean of the grey levels, each truncated to a whole level as in torchvision. What is cut off is
   * half a level on average, which is what is subtracted here. Changes the spare image.
   */
  static double meanGrey(RenderBuffer buffer) {
    Mat image = buffer.image();
    if (image.channels() == 1) {
      return mean(image);
    }
    opencv_imgproc.cvtColor(image, buffer.backBuffer(), opencv_imgproc.COLOR_RGB2GRAY);
    return Math.max(0, mean(buffer.backBuffer()) - 0.5);
  }

  private static double mean(Mat grey) {
    try (Scalar mean = opencv_core.mean(grey)) {
      return mean.get(0);
    }
  }

  /**
   * Brightness, contrast, saturation and hue composed into one matrix that is applied once. Nothing
   * is clipped in between, and hue is a turn in the plane of YIQ's colours, which keeps their grey.
   * The digits of {@code order}, from the first on, say which comes when: 1 brightness, 2 contrast,
   * 3 saturation, 4 hue.
   */
  void matrix(RenderBuffer buffer, RecipeStep step) {
    String order = Integer.toString(step.intValue("order"));
    // Of these only brightness changes the mean grey (as long as nothing is clipped), so the one of
    // the image is enough.
    double mean = order.indexOf('2') < 0 ? 0 : meanGrey(buffer);
    double[] rows = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
    for (int i = 0; i < order.length(); i++) {
      switch (order.charAt(i)) {
        case '1' -> {
          double factor = step.value("brightness");
          scale(rows, factor, 0);
          mean *= factor;
        }
        case '2' -> {
          double factor = step.value("contrast");
          scale(rows, factor, (1 - factor) * mean);
        }
        case '3' -> rows = rotateHue(rows, step.value("saturation"), 0);
        case '4' -> rows = rotateHue(rows, 1, 2 * Math.PI * step.value("hue"));
        default -> throw new IllegalArgumentException("order " + order + " of color_matrix");
      }
    }
    if (buffer.image().channels() == 3) {
      for (int i = 3; i < rows.length; i += 4) {
        rows[i] += Truncation.OFFSET;
      }
      transform(buffer, rows);
    } else {
      // The weights of a row add up to what a grey level is multiplied by.
      scale(buffer.image(), rows[0] + rows[1] + rows[2], rows[3]);
    }
  }

  private static void scale(double[] rows, double factor, double shift) {
    for (int i = 0; i < rows.length; i++) {
      rows[i] = factor * rows[i] + (i % 4 == 3 ? shift : 0);
    }
  }

  /**
   * The matrix followed by a scaling of the colours about their grey, and a turn by an angle from
   * red to yellow: grey + s · (cos · c + sin · d), where c is the colour without its grey and d the
   * same turned by a right angle.
   */
  private static double[] rotateHue(double[] rows, double saturation, double radians) {
    double cos = saturation * StrictMath.cos(radians);
    double sin = saturation * StrictMath.sin(radians);
    double[] turned = new double[12];
    for (int column = 0; column < 4; column++) {
      double red = rows[column];
      double green = rows[4 + column];
      double blue = rows[8 + column];
      double y = 0.299 * red + 0.587 * green + 0.114 * blue;
      double i = 0.596 * red - 0.274 * green - 0.322 * blue;
      double q = 0.211 * red - 0.523 * green + 0.312 * blue;
      double i2 = cos * i + sin * q;
      double q2 = cos * q - sin * i;
      turned[column] = y + 0.956 * i2 + 0.621 * q2;
      turned[4 + column] = y - 0.272 * i2 - 0.647 * q2;
      turned[8 + column] = y - 1.106 * i2 + 1.703 * q2;
    }
    return turned;
  }

  /**
   * Applies a matrix of 3 rows and 4 columns to an RGB image, and rounds to the nearest level.
   * OpenCV holds weights up to 32 in steps of 1/1024, which is at most 0.4 levels.
   *
   * @param rows the matrix row by row
   */
  private void transform(RenderBuffer buffer, double[] rows) {
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
