package io.stillstream.augmenter.operation.auto;

import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.Map;
import java.util.TreeMap;

/**
 * The operations of the automatic policies, in torchvision's terms ({@code _apply_op} of its
 * autoaugment.py), and the plain step that each becomes.
 */
enum AutoAugmentOperation {
  IDENTITY(false),
  SHEAR_X(true),
  SHEAR_Y(true),
  TRANSLATE_X(true),
  TRANSLATE_Y(true),
  ROTATE(true),
  BRIGHTNESS(true),
  COLOR(true),
  CONTRAST(true),
  SHARPNESS(true),
  POSTERIZE(false),
  SOLARIZE(false),
  AUTOCONTRAST(false),
  EQUALIZE(false);

  private final boolean signed;

  AutoAugmentOperation(boolean signed) {
    this.signed = signed;
  }

  /** Whether the magnitude is made negative every other time. */
  boolean signed() {
    return signed;
  }

  /** Whether there are stronger and weaker applications of it. */
  boolean hasMagnitude() {
    return signed || this == POSTERIZE || this == SOLARIZE;
  }

  /**
   * Adds its step; the identity has none.
   *
   * @param magnitude torchvision's: shear as a tangent, translation in pixels (its fraction is cut
   *     off), degrees, change of a factor, bits, threshold; without effect on those not graded
   * @param fill level outside of the image, 0 to 255
   */
  void addStep(RecipeBuilder recipe, double magnitude, int fill) {
    switch (this) {
      case IDENTITY -> {}
      case SHEAR_X -> recipe.add(shear("shear_x", magnitude, fill));
      case SHEAR_Y -> recipe.add(shear("shear_y", magnitude, fill));
      case TRANSLATE_X ->
          recipe.add(
              RecipeStep.of("translate", Map.of("x", (double) (int) magnitude, "y", 0.0))
                  .withFill(fill));
      case TRANSLATE_Y ->
          recipe.add(
              RecipeStep.of("translate", Map.of("x", 0.0, "y", (double) (int) magnitude))
                  .withFill(fill));
      case ROTATE ->
          recipe.add(RecipeStep.of("rotate", Map.of("degrees", magnitude)).withFill(fill));
      case BRIGHTNESS -> recipe.add(factor("brightness", magnitude));
      case COLOR -> recipe.add(factor("saturation", magnitude));
      case CONTRAST -> recipe.add(factor("contrast", magnitude));
      case SHARPNESS -> recipe.add(factor("sharpness", magnitude));
      case POSTERIZE -> recipe.add(RecipeStep.of("posterize", Map.of("bits", magnitude)));
      case SOLARIZE -> recipe.add(RecipeStep.of("solarize", Map.of("threshold", magnitude)));
      case AUTOCONTRAST -> recipe.add(RecipeStep.of("autocontrast"));
      case EQUALIZE -> recipe.add(RecipeStep.of("equalize"));
    }
  }

  /** About the upper left corner, as the original AutoAugment shears. */
  private static RecipeStep shear(String axis, double tangent, int fill) {
    Map<String, Double> values = new TreeMap<>();
    for (String key :
        new String[] {
          "degrees", "translate_x", "translate_y", "shear_x", "shear_y", "center_x", "center_y"
        }) {
      values.put(key, 0.0);
    }
    values.put("scale", 1.0);
    values.put(axis, StrictMath.toDegrees(StrictMath.atan(tangent)));
    return RecipeStep.of("affine", values).withFill(fill);
  }

  private static RecipeStep factor(String name, double change) {
    return RecipeStep.of(name, Map.of("factor", 1 + change));
  }
}
