package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rotation, shift, scale and shear about the centre in one map, the size kept: torchvision's
 * RandomAffine. Positive degrees turn clockwise, unlike those of {@link Rotate}; torchvision has it
 * so.
 *
 * @param degrees angle, degrees
 * @param x largest shift along x, share of the width, 0 to 1
 * @param y largest shift along y, share of the height, 0 to 1
 * @param scale factor; above 1 enlarges
 * @param shearX angle along x, degrees
 * @param shearY angle along y, degrees
 * @param fill level outside, 0 to 255
 */
public record Affine(
    UniformRange degrees,
    double x,
    double y,
    UniformRange scale,
    UniformRange shearX,
    UniformRange shearY,
    int fill)
    implements AugmentationOperation {
  private static final double MAX_SHEAR = 89;

  public static AugmentationOperation parse(SettingsReader settings) {
    UniformRange degrees =
        NumberLists.range(settings, "degrees", null, -360, 360, "angle, degrees, clockwise");
    double[] translate =
        NumberLists.list(
            settings,
            "translate",
            "[x, y]",
            new double[] {0, 0},
            0,
            1,
            "largest shift along x and y, share of width and height",
            given -> given.length == 2 ? given : null);
    UniformRange scale =
        NumberLists.interval(
            settings, "scale", new UniformRange(1, 1), 0.01, 100, "factor; above 1 enlarges");
    double[] shear =
        NumberLists.list(
            settings,
            "shear",
            "d, [a, b] or [a, b, c, d]",
            new double[] {0, 0, 0, 0},
            -MAX_SHEAR,
            MAX_SHEAR,
            "angle of the shear along x, degrees: from −d to d, or from a to b; along y from c to"
                + " d",
            Affine::shears);
    return new Affine(
        degrees,
        translate[0],
        translate[1],
        scale,
        new UniformRange(shear[0], shear[1]),
        new UniformRange(shear[2], shear[3]),
        OperationSettings.fill(settings, "level outside of the image"));
  }

  private static double[] shears(double[] given) {
    double[] shears =
        switch (given.length) {
          case 1 -> new double[] {0 - given[0], given[0], 0, 0};
          case 2 -> new double[] {given[0], given[1], 0, 0};
          case 4 -> given;
          default -> null;
        };
    return shears == null || shears[0] > shears[1] || shears[2] > shears[3] ? null : shears;
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    double turn = Math.toRadians(step.value("degrees"));
    double scale = step.value("scale");
    double tanX = Math.tan(Math.toRadians(step.value("shear_x")));
    double shearY = Math.toRadians(step.value("shear_y"));
    double cx = step.values().getOrDefault("center_x", frame.size().width() / 2.0);
    double cy = step.values().getOrDefault("center_y", frame.size().height() / 2.0);
    // Turn after shear along y after shear along x, as torchvision composes them; its determinant
    // is 1, so the inverse needs no division but by the scale.
    double a = Math.cos(turn - shearY) / Math.cos(shearY);
    double b = -a * tanX - Math.sin(turn);
    double c = Math.sin(turn - shearY) / Math.cos(shearY);
    double d = -c * tanX + Math.cos(turn);
    ProjectiveTransform inverse =
        ProjectiveTransform.affine(d / scale, -b / scale, 0, -c / scale, a / scale, 0);
    return frame.compose(
        frame.size(),
        ProjectiveTransform.shift(cx, cy)
            .after(inverse)
            .after(
                ProjectiveTransform.shift(
                    -cx - step.value("translate_x"), -cy - step.value("translate_y"))));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    Map<String, Double> values = new TreeMap<>();
    values.put("degrees", degrees.draw(random));
    values.put("translate_x", shift(random, x * recipe.size().width()));
    values.put("translate_y", shift(random, y * recipe.size().height()));
    values.put("scale", scale.draw(random));
    values.put("shear_x", shearX.draw(random));
    values.put("shear_y", shearY.draw(random));
    recipe.add(RecipeStep.of("affine", values).withFill(fill));
  }

  /** A whole number of pixels; adding 0 makes −0 a 0. */
  private static double shift(RandomStream random, double largest) {
    return Math.rint(random.between(-largest, largest)) + 0.0;
  }
}
