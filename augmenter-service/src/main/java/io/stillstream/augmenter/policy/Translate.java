package io.stillstream.augmenter.policy;

import java.util.Map;

/**
 * Shifts by whole pixels. Every shift from −x to x is equally likely (torchvision rounds a
 * continuous draw, which halves the chance of the two extremes). Positive x is to the right,
 * positive y is down.
 *
 * @param x largest shift along x, pixels, at least 0
 * @param y largest shift along y, pixels, at least 0
 * @param fill level outside, 0 to 255
 */
record Translate(int x, int y, int fill) implements Operation {

  static Operation parse(Parameters parameters) {
    int[] pixels =
        parameters.pair("pixels", 0, Parameters.MAX_SIDE, "largest shift along x and y, pixels");
    return new Translate(pixels[0], pixels[1], parameters.fill("level outside of the image"));
  }

  static Frame apply(Frame frame, Step step) {
    return frame.then(frame.size(), Projective.shift(-step.value("x"), -step.value("y")));
  }

  @Override
  public void draw(RandomStream random, Draft draft) {
    double dx = random.between(-x, x);
    double dy = random.between(-y, y);
    draft.add(Step.of("translate", Map.of("x", dx, "y", dy)).withFill(fill));
  }
}
