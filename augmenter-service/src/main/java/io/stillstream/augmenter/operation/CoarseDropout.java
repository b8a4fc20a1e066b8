package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.OperationSettings;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;

/**
 * Erases several rectangles (DeVries, Taylor 2017, arXiv:1708.04552): albumentations'
 * CoarseDropout. Sides below 1 are fractions of the image's, others are pixels.
 *
 * @param fewest smallest number of rectangles
 * @param most largest number
 * @param height of each
 * @param width of each
 * @param fill content of the erased rectangle
 */
record CoarseDropout(int fewest, int most, UniformRange height, UniformRange width, EraseFill fill)
    implements AugmentationOperation {
  private static final int MAX_HOLES = 1_000;
  private static final UniformRange SIDE = new UniformRange(0.1, 0.2);

  static AugmentationOperation parse(SettingsReader settings) {
    int[] holes =
        NumberLists.integerInterval(
            settings, "num_holes_range", new int[] {1, 2}, 1, MAX_HOLES, "number of rectangles");
    return new CoarseDropout(
        holes[0],
        holes[1],
        side(settings, "hole_height_range"),
        side(settings, "hole_width_range"),
        EraseFill.parse(settings, "fill"));
  }

  private static UniformRange side(SettingsReader settings, String key) {
    UniformRange side =
        NumberLists.interval(
            settings,
            key,
            SIDE,
            0,
            OperationSettings.MAX_SIDE,
            "of each rectangle: below 1 as a fraction of the image's, from 1 on pixels");
    boolean fractions = side.to() < 1;
    boolean pixels = side.from() == Math.rint(side.from()) && side.to() == Math.rint(side.to());
    if (!fractions && (side.from() < 1 || !pixels)) {
      settings.reject(key, "must be two fractions below 1 or two whole numbers of pixels");
    }
    return side;
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    ImageSize image = recipe.size();
    int holes = random.between(fewest, most);
    for (int i = 0; i < holes; i++) {
      ImageSize hole =
          new ImageSize(draw(random, height, image.height()), draw(random, width, image.width()));
      int top = random.between(0, image.height() - hole.height());
      int left = random.between(0, image.width() - hole.width());
      recipe.add(fill.erase(random, top, left, hole));
    }
  }

  /** A side of a rectangle, 1 to the side of the image. */
  private static int draw(RandomStream random, UniformRange side, int whole) {
    int pixels =
        side.from() < 1
            ? (int) (side.draw(random) * whole)
            : random.between((int) side.from(), (int) side.to());
    return Math.max(1, Math.min(whole, pixels));
  }
}
