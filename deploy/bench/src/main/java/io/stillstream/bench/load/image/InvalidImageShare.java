package io.stillstream.bench.load.image;

import java.util.Optional;

/**
 * Which images of a run are bad: so many of a hundred, evenly spread, of all kinds in turn. The
 * same share always makes the same ones bad, so it can be said beforehand what has to be rejected.
 *
 * @param share 0 to 1
 */
public record InvalidImageShare(double share) {
  public InvalidImageShare {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("must be within 0 and 1, was " + share);
    }
  }

  /** How many of the first images are bad. */
  long among(long images) {
    return (long) Math.floor(images * share + 1e-9);
  }

  /** How the n-th image is bad; empty for good ones. */
  public Optional<InvalidImageKind> of(long number) {
    long before = among(number);
    if (among(number + 1) == before) {
      return Optional.empty();
    }
    InvalidImageKind[] kinds = InvalidImageKind.values();
    return Optional.of(kinds[(int) (before % kinds.length)]);
  }
}
