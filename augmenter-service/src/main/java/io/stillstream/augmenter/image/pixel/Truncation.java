package io.stillstream.augmenter.image.pixel;

/** Truncates numbers to levels, as torchvision does, where OpenCV rounds to the nearest. */
final class Truncation {
  /**
   * Added to a number that OpenCV will round, it makes it round down. A little more than −½, so
   * that whole numbers stay what they are.
   */
  static final double OFFSET = -0.4995;

  private Truncation() {}
}
