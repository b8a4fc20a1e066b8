package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;
import java.util.TreeMap;

/**
 * Moves the four corners inwards at random, the size kept: torchvision's RandomPerspective.
 *
 * @param distortion how far at most, share of half the side, 0 to 1
 * @param fill level outside, 0 to 255
 */
public record Perspective(double distortion, int fill) implements AugmentationOperation {
  private static final double FLAT = 1e-9;

  public static AugmentationOperation parse(SettingsReader settings) {
    return new Perspective(
        settings.number(
            "distortion_scale",
            0.5,
            0,
            1,
            "how far corners move inwards at most, share of half the side"),
        OperationSettings.fill(settings, "level outside of the image"));
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    ProjectiveTransform toUnit = toUnitSquare(step);
    ImageSize size = frame.size();
    if (toUnit == null || size.width() == 1 || size.height() == 1) {
      return frame;
    }
    // torchvision counts corners as pixels, 0 to side − 1, and means their upper left points.
    return frame.compose(
        size, ProjectiveTransform.scaling(size.width() - 1.0, size.height() - 1.0).after(toUnit));
  }

  /**
   * The map that takes the four corners to those of the unit square; null if they span no area. It
   * is the inverse of the map of Heckbert (Fundamentals of Texture Mapping and Image Warping, 1989,
   * section 2.2.3).
   */
  private static ProjectiveTransform toUnitSquare(RecipeStep step) {
    double x0 = step.value("x0");
    double y0 = step.value("y0");
    double x1 = step.value("x1");
    double y1 = step.value("y1");
    double x2 = step.value("x2");
    double y2 = step.value("y2");
    double x3 = step.value("x3");
    double y3 = step.value("y3");
    double divisor = (x1 - x2) * (y3 - y2) - (x3 - x2) * (y1 - y2);
    if (divisor == 0) {
      return null;
    }
    double sumX = x0 - x1 + x2 - x3;
    double sumY = y0 - y1 + y2 - y3;
    double g = (sumX * (y3 - y2) - (x3 - x2) * sumY) / divisor;
    double h = ((x1 - x2) * sumY - sumX * (y1 - y2)) / divisor;
    double a = x1 - x0 + g * x1;
    double b = x3 - x0 + h * x3;
    double d = y1 - y0 + g * y1;
    double e = y3 - y0 + h * y3;
    double determinant = a * (e - y0 * h) - b * (d - y0 * g) + x0 * (d * h - e * g);
    if (Math.abs(determinant) < FLAT) {
      return null;
    }
    return new ProjectiveTransform(
        (e - y0 * h) / determinant,
        (x0 * h - b) / determinant,
        (b * y0 - x0 * e) / determinant,
        (y0 * g - d) / determinant,
        (a - x0 * g) / determinant,
        (x0 * d - a * y0) / determinant,
        (d * h - e * g) / determinant,
        (b * g - a * h) / determinant,
        (a * e - b * d) / determinant);
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    int width = recipe.size().width();
    int height = recipe.size().height();
    int halfWidth = width / 2;
    int halfHeight = height / 2;
    int inX = (int) (distortion * halfWidth);
    int inY = (int) (distortion * halfHeight);
    Map<String, Double> values = new TreeMap<>();
    values.put("x0", (double) random.between(0, inX));
    values.put("y0", (double) random.between(0, inY));
    values.put("x1", (double) random.between(width - inX - 1, width - 1));
    values.put("y1", (double) random.between(0, inY));
    values.put("x2", (double) random.between(width - inX - 1, width - 1));
    values.put("y2", (double) random.between(height - inY - 1, height - 1));
    values.put("x3", (double) random.between(0, inX));
    values.put("y3", (double) random.between(height - inY - 1, height - 1));
    recipe.add(RecipeStep.of("perspective", values).withFill(fill));
  }
}
