package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.ImageSize;
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
 * Cuts a window of random area and shape and stretches it to a fixed size: torchvision's
 * RandomResizedCrop (Szegedy et al. 2014, arXiv:1409.4842). Ten attempts are drawn; if none fits,
 * the largest window of an allowed shape in the middle is taken.
 *
 * @param target size after it, pixels
 * @param scale least and largest area of the window, share of the image's area, 0 to 1
 * @param ratio least and largest width/height of the window; its logarithm is uniform
 */
public record RandomResizedCrop(ImageSize target, UniformRange scale, UniformRange ratio)
    implements AugmentationOperation {
  private static final int ATTEMPTS = 10;

  public static AugmentationOperation parse(SettingsReader settings) {
    ImageSize target = OperationSettings.size(settings, "size after it, pixels");
    UniformRange scale =
        NumberLists.interval(
            settings,
            "scale",
            new UniformRange(0.08, 1),
            0,
            1,
            "area of the window, share of the image");
    UniformRange ratio =
        NumberLists.interval(
            settings,
            "ratio",
            new UniformRange(3.0 / 4, 4.0 / 3),
            0.01,
            100,
            "width / height of the window; uniform in its logarithm");
    return new RandomResizedCrop(target, scale, ratio);
  }

  static ViewTransform apply(ViewTransform frame, RecipeStep step) {
    ImageSize target = new ImageSize(step.intValue("out_height"), step.intValue("out_width"));
    ProjectiveTransform stretch =
        ProjectiveTransform.scaling(
            step.value("width") / target.width(), step.value("height") / target.height());
    return frame.compose(
        target, ProjectiveTransform.shift(step.value("left"), step.value("top")).after(stretch));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    ImageSize image = recipe.size();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double area = image.pixels() * scale.draw(random);
      double shape = Math.exp(random.between(Math.log(ratio.from()), Math.log(ratio.to())));
      double width = Math.rint(Math.sqrt(area * shape));
      double height = Math.rint(Math.sqrt(area / shape));
      if (width >= 1 && height >= 1 && width <= image.width() && height <= image.height()) {
        ImageSize window = new ImageSize((int) height, (int) width);
        int top = random.between(0, image.height() - window.height());
        int left = random.between(0, image.width() - window.width());
        recipe.add(step(top, left, window));
        return;
      }
    }
    ImageSize window = largest(image);
    recipe.add(
        step((image.height() - window.height()) / 2, (image.width() - window.width()) / 2, window));
  }

  private ImageSize largest(ImageSize image) {
    double shape = (double) image.width() / image.height();
    if (shape < ratio.from()) {
      return new ImageSize(atLeast1(image.width() / ratio.from()), image.width());
    }
    if (shape > ratio.to()) {
      return new ImageSize(image.height(), atLeast1(image.height() * ratio.to()));
    }
    return image;
  }

  private static int atLeast1(double side) {
    return (int) Math.max(1, Math.rint(side));
  }

  private RecipeStep step(int top, int left, ImageSize window) {
    return RecipeStep.of(
        "random_resized_crop",
        Map.of(
            "top", (double) top,
            "left", (double) left,
            "height", (double) window.height(),
            "width", (double) window.width(),
            "out_height", (double) target.height(),
            "out_width", (double) target.width()));
  }
}
