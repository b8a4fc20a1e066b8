package io.stillstream.augmenter.policy;

/** Mirrors top and bottom; exact, no interpolation error. */
final class VerticalFlip implements Operation {
  private VerticalFlip() {}

  static Operation parse(Parameters parameters) {
    return new VerticalFlip();
  }

  static Frame apply(Frame frame, Step step) {
    return frame.then(frame.size(), Projective.affine(1, 0, 0, 0, -1, frame.size().height()));
  }

  @Override
  public void draw(RandomStream random, Draft draft) {
    draft.add(Step.of("vertical_flip"));
  }
}
