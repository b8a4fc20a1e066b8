package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.BorderMode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Adds a margin: torchvision's Pad. Mirrored margins wider than the image go on mirroring.
 *
 * @param left width of the margin, pixels, at least 0
 * @param top height of the margin, pixels, at least 0
 * @param right width of the margin, pixels, at least 0
 * @param bottom height of the margin, pixels, at least 0
 * @param mode what the margin shows
 * @param fill level of a constant margin, 0 to 255
 */
public record Pad(int left, int top, int right, int bottom, PaddingMode mode, int fill)
    implements AugmentationOperation {

  /** What margins show, with the numbers that recipes have for it. */
  enum PaddingMode {
    CONSTANT(0, BorderMode.CONSTANT),
    EDGE(1, BorderMode.EDGE),
    REFLECT(2, BorderMode.REFLECT),
    SYMMETRIC(3, BorderMode.SYMMETRIC);

    private final int number;
    private final BorderMode border;

    PaddingMode(int number, BorderMode border) {
      this.number = number;
      this.border = border;
    }
  }

  public static AugmentationOperation parse(SettingsReader settings) {
    double[] sides =
        NumberLists.list(
            settings,
            "padding",
            "n, [x, y] or [left, top, right, bottom]",
            null,
            0,
            OperationSettings.MAX_SIDE,
            "width of the margins, whole pixels",
            Pad::sides);
    int fill = OperationSettings.fill(settings, "level of the margin, if it is constant");
    PaddingMode mode =
        settings.oneOf("padding_mode", PaddingMode.CONSTANT, "what the margin shows");
    return new Pad((int) sides[0], (int) sides[1], (int) sides[2], (int) sides[3], mode, fill);
  }

  private static double[] sides(double[] given) {
    for (double side : given) {
      if (side != Math.rint(side)) {
        return null;
      }
    }
    return switch (given.length) {
      case 1 -> new double[] {given[0], given[0], given[0], given[0]};
      case 2 -> new double[] {given[0], given[1], given[0], given[1]};
      case 4 -> given;
      default -> null;
    };
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    ImageSize size = frame.size();
    int left = step.intValue("left");
    int top = step.intValue("top");
    return frame.compose(
        new ImageSize(
            size.height() + top + step.intValue("bottom"),
            size.width() + left + step.intValue("right")),
        ProjectiveTransform.shift(-left, -top));
  }

  /** What the step's margin shows. */
  static BorderMode border(RecipeStep step) {
    double number = step.values().getOrDefault("mode", 0.0);
    return Stream.of(PaddingMode.values())
        .filter(mode -> mode.number == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("step pad has an unknown mode, " + number))
        .border;
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    Map<String, Double> values = new TreeMap<>();
    values.put("left", (double) left);
    values.put("top", (double) top);
    values.put("right", (double) right);
    values.put("bottom", (double) bottom);
    if (mode != PaddingMode.CONSTANT) {
      values.put("mode", (double) mode.number);
    }
    RecipeStep step = RecipeStep.of("pad", values);
    recipe.add(mode == PaddingMode.CONSTANT ? step.withFill(fill) : step);
  }
}
