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

/**
 * Rotation about the centre, the size kept: torchvision's RandomRotation without {@code expand}.
 * Positive degrees turn counter-clockwise.
 *
 * @param degrees angle, −360 to 360
 * @param fill level outside, 0 to 255
 */
public record Rotate(UniformRange degrees, int fill) implements AugmentationOperation {
  private static final String DEGREES = "degrees";

  public static AugmentationOperation parse(SettingsReader settings) {
    UniformRange degrees = NumberLists.range(settings, DEGREES, null, -360, 360, "angle, degrees");
    return new Rotate(degrees, OperationSettings.fill(settings, "level outside of the image"));
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    double radians = Math.toRadians(step.value(DEGREES));
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double cx = frame.size().width() / 2.0;
    double cy = frame.size().height() / 2.0;
    // With y pointing down, this is where a point came from under a counter-clockwise turn.
    ProjectiveTransform inverse =
        ProjectiveTransform.affine(
            cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy);
    return frame.compose(frame.size(), inverse);
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    recipe.add(RecipeStep.of("rotate", Map.of(DEGREES, degrees.draw(random))).withFill(fill));
  }
}
