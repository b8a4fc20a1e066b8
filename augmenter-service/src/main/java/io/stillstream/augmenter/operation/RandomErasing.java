package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;

/**
 * Erases a rectangle (Zhong et al. 2017, arXiv:1708.04896): torchvision's RandomErasing, whose ten
 * attempts it makes; where none fits, nothing is erased.
 *
 * @param scale area, as a fraction of the image's
 * @param ratio height by width
 * @param fill content of the erased rectangle
 */
record RandomErasing(UniformRange scale, UniformRange ratio, EraseFill fill)
    implements AugmentationOperation {
  private static final int ATTEMPTS = 10;

  static AugmentationOperation parse(SettingsReader settings) {
    UniformRange scale =
        NumberLists.interval(
            settings,
            "scale",
            new UniformRange(0.02, 0.33),
            0,
            1,
            "area, as a fraction of the image's");
    UniformRange ratio =
        NumberLists.interval(
            settings, "ratio", new UniformRange(0.3, 3.3), 0.01, 100, "height by width");
    return new RandomErasing(scale, ratio, EraseFill.parse(settings, "value"));
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    ImageSize image = recipe.size();
    UniformRange logarithm =
        new UniformRange(StrictMath.log(ratio.from()), StrictMath.log(ratio.to()));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double area = scale.draw(random) * image.pixels();
      double aspect = StrictMath.exp(logarithm.draw(random));
      int height = (int) Math.rint(Math.sqrt(area * aspect));
      int width = (int) Math.rint(Math.sqrt(area / aspect));
      if (height > 0 && width > 0 && height < image.height() && width < image.width()) {
        int top = random.between(0, image.height() - height);
        int left = random.between(0, image.width() - width);
        recipe.add(fill.erase(random, top, left, new ImageSize(height, width)));
        return;
      }
    }
  }
}
