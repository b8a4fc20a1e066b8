package io.stillstream.augmenter.random;

/**
 * The range of a uniform distribution, both ends included as far as doubles allow.
 *
 * @param from smallest value
 * @param to largest value, at least {@code from}
 */
public record UniformRange(double from, double to) {

  /** A value of the range, all equally likely. Takes one number from the stream. */
  public double draw(RandomStream random) {
    return random.between(from, to);
  }

  /** Whether it contains only this value. */
  public boolean isConstantAt(double value) {
    return from == value && to == value;
  }
}
