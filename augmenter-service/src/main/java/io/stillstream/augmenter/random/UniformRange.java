package io.stillstream.augmenter.random;

/**
 * What a value is drawn from, both ends included as far as doubles go.
 *
 * @param from smallest value
 * @param to largest value, at least {@code from}
 */
public record UniformRange(double from, double to) {

  /** From an array of both ends, as {@code NumberListReader} has it. */
  public static UniformRange of(double... ends) {
    return new UniformRange(ends[0], ends[1]);
  }

  /** A value, each equally likely. Takes one number from the stream. */
  public double draw(RandomStream random) {
    return random.between(from, to);
  }

  /** Whether there is but this value in it. */
  public boolean isConstantAt(double value) {
    return from == value && to == value;
  }
}
