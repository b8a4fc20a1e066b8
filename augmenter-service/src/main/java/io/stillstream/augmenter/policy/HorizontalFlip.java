package io.stillstream.augmenter.policy;

/** Mirrors left and right; exact, no interpolation error. */
final class HorizontalFlip implements Operation {
  private HorizontalFlip() {}

  static Operation parse(Parameters parameters) {
    return new HorizontalFlip();
  }

  static Frame apply(Frame frame, Step step) {
    return frame.then(frame.size(), Projective.affine(-1, 0, frame.size().width(), 0, 1, 0));
  }

  @Override
  public void draw(RandomStream random, Draft draft) {
    draft.add(Step.of("horizontal_flip"));
  }
}
