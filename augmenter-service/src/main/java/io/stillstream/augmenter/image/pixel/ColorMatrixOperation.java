package io.stillstream.augmenter.image.pixel;

import io.stillstream.augmenter.image.buffer.RenderBuffer;
import io.stillstream.augmenter.recipe.RecipeStep;

/**
 * The step {@code color_matrix}: brightness, contrast, saturation and hue composed into one matrix
 * that is applied once. Nothing is clipped in between, and hue is a turn in the plane of YIQ's
 * colours, which keeps their grey. The digits of {@code order}, from the first on, say which comes
 * when: 1 brightness, 2 contrast, 3 saturation, 4 hue.
 */
final class ColorMatrixOperation implements PixelOperation, AutoCloseable {
  private static final double[] LUMA = {0.299, 0.587, 0.114};

  private final ColorMatrix affine = new ColorMatrix();

  @Override
  public void apply(RenderBuffer buffer, RecipeStep step) {
    String order = Integer.toString(step.intValue("order"));
    // Of these only brightness changes the mean grey (as long as nothing is clipped), so the one of
    // the image is enough.
    double mean = order.indexOf('2') < 0 ? 0 : ColorOperations.meanGrey(buffer);
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
      affine.apply(buffer, rows);
    } else {
      // The weights of a row add up to what a grey level is multiplied by.
      ColorOperations.scale(buffer.image(), rows[0] + rows[1] + rows[2], rows[3]);
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
      double y = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue;
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

  @Override
  public void close() {
    affine.close();
  }
}
