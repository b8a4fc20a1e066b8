package io.stillstream.augmenter.policy;

/**
 * Erases several rectangles (DeVries, Taylor 2017, arXiv:1708.04552): albumentations'
 * CoarseDropout. Sides below 1 are fractions of the image's, others are pixels.
 *
 * @param fewest smallest number of rectangles
 * @param most largest number
 * @param height of each
 * @param width of each
 * @param filling what stands there then
 */
record CoarseDropout(int fewest, int most, Interval height, Interval width, Filling filling)
    implements Operation {
  private static final int MAX_HOLES = 1_000;
  private static final double[] SIDE = {0.1, 0.2};

  static Operation parse(Parameters parameters) {
    int[] holes =
        parameters.wholeInterval(
            "num_holes_range", new int[] {1, 2}, 1, MAX_HOLES, "number of rectangles");
    return new CoarseDropout(
        holes[0],
        holes[1],
        side(parameters, "hole_height_range"),
        side(parameters, "hole_width_range"),
        Filling.parse(parameters, "fill"));
  }

  private static Interval side(Parameters parameters, String key) {
    Interval side =
        Interval.of(
            parameters.interval(
                key,
                SIDE,
                0,
                Parameters.MAX_SIDE,
                "of each rectangle: below 1 as a fraction of the image's, from 1 on pixels"));
    boolean fractions = side.to() < 1;
    boolean pixels = side.from() == Math.rint(side.from()) && side.to() == Math.rint(side.to());
    if (!fractions && (side.from() < 1 || !pixels)) {
      parameters.refuse(key, "must be two fractions below 1 or two whole numbers of pixels");
    }
    return side;
  }

  @Override
  public void draw(RandomStream random, Draft draft) {
    Size image = draft.size();
    int holes = random.between(fewest, most);
    for (int i = 0; i < holes; i++) {
      Size hole =
          new Size(draw(random, height, image.height()), draw(random, width, image.width()));
      int top = random.between(0, image.height() - hole.height());
      int left = random.between(0, image.width() - hole.width());
      draft.add(filling.erase(random, top, left, hole));
    }
  }

  /** A side of a rectangle, 1 to the side of the image. */
  private static int draw(RandomStream random, Interval side, int whole) {
    int pixels =
        side.from() < 1
            ? (int) (side.draw(random) * whole)
            : random.between((int) side.from(), (int) side.to());
    return Math.max(1, Math.min(whole, pixels));
  }
}
