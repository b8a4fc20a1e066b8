package io.stillstream.augmenter.policy;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Cuts a window of fixed size at a random place, after an optional black margin on all sides:
 * torchvision's RandomCrop with {@code pad_if_needed}: where the window is larger than the image,
 * the image lies at a random place within it.
 *
 * @param window size of the window, pixels
 * @param padding width of the margin, pixels, at least 0
 * @param probability 0 to 1
 */
record RandomCrop(Size window, int padding, double probability) implements Operation {
  private static final String TOP = "top";
  private static final String LEFT = "left";
  private static final String HEIGHT = "height";
  private static final String WIDTH = "width";
  private static final String PADDING = "padding";

  static Operation parse(Parameters parameters) {
    Size window =
        new Size(
            parameters.requiredWhole(HEIGHT, 1, Parameters.MAX_SIDE),
            parameters.requiredWhole(WIDTH, 1, Parameters.MAX_SIDE));
    int padding = parameters.whole(PADDING, 0, 0, Parameters.MAX_SIDE);
    return new RandomCrop(window, padding, parameters.probability(1));
  }

  static Frame apply(Frame frame, Step step) {
    return frame.then(
        new Size(step.pixels(HEIGHT), step.pixels(WIDTH)),
        Affine.shift(step.pixels(LEFT), step.pixels(TOP)));
  }

  @Override
  public OperationType type() {
    return OperationType.RANDOM_CROP;
  }

  @Override
  public Step draw(RandomStream random, Size size) {
    int top = place(random, size.height(), window.height());
    int left = place(random, size.width(), window.width());
    return Step.of(
        type().operationName(),
        Map.of(
            TOP, (double) top,
            LEFT, (double) left,
            HEIGHT, (double) window.height(),
            WIDTH, (double) window.width()));
  }

  /** First pixel of the window, in coordinates of the image without its margin. */
  private int place(RandomStream random, int side, int windowSide) {
    int last = side + padding - windowSide;
    return random.between(Math.min(-padding, last), Math.max(-padding, last));
  }

  @Override
  public SortedMap<String, Object> settings() {
    return new TreeMap<>(Map.of(HEIGHT, window.height(), WIDTH, window.width(), PADDING, padding));
  }
}
