package io.stillstream.augmenter.image.pixel;

/**
 * Normal deviates as whole levels: a table of the inverse of the normal distribution's cumulative
 * function at the middles of 4096 equal shares, so that twelve random bits are a deviate. The
 * largest is 3.67 standard deviations. By StrictMath, the same on every machine.
 */
final class NormalDeviateTable {
  private static final int SIZE = 1 << 12;
  private static final double[] CENTRE_ABOVE = {
    3.3871328727963665, 133.14166789178438, 1971.5909503065513,
    13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227
  };
  private static final double[] CENTRE_BELOW = {
    1,
    42.31333070160091,
    687.1870074920579,
    5394.196021424751,
    21213.794301586597,
    39307.89580009271,
    28729.085735721943,
    5226.495278852854
  };
  private static final double[] TAIL_ABOVE = {
    1.4234371107496835, 4.630337846156546, 5.769497221460691,
    3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
    0.022723844989269184, 0.0007745450142783414
  };
  private static final double[] TAIL_BELOW = {
    1,
    2.053191626637759,
    1.6763848301838038,
    0.6897673349851,
    0.14810397642748008,
    0.015198666563616457,
    0.0005475938084995345,
    1.0507500716444169e-09
  };
  private static final double[] STANDARD = standard();

  private final int[] levels = new int[SIZE];
  private double mean = Double.NaN;
  private double sigma = Double.NaN;

  /** Where the deviate of the lowest 16 bits stands. */
  static int index(long bits) {
    return (int) (bits >>> 4) & (SIZE - 1);
  }

  /** The deviates, rounded to whole levels, valid until the next call. */
  int[] of(double newMean, double newSigma) {
    if (newMean != mean || newSigma != sigma) {
      mean = newMean;
      sigma = newSigma;
      for (int i = 0; i < SIZE; i++) {
        levels[i] = (int) Math.rint(mean + sigma * STANDARD[i]);
      }
    }
    return levels;
  }

  /** Deviates of mean 0 and variance 1 exactly: cutting the ends off takes 1/1000 of it. */
  private static double[] standard() {
    double[] deviates = new double[SIZE];
    double squares = 0;
    for (int i = 0; i < SIZE; i++) {
      deviates[i] = inverse((i + 0.5) / SIZE);
      squares += deviates[i] * deviates[i];
    }
    double scale = Math.sqrt(SIZE / squares);
    for (int i = 0; i < SIZE; i++) {
      deviates[i] *= scale;
    }
    return deviates;
  }

  /** Algorithm AS 241 (Wichura 1988), good to 16 digits, for p from e⁻²⁵ to 1 − e⁻²⁵. */
  private static double inverse(double p) {
    double q = p - 0.5;
    if (Math.abs(q) <= 0.425) {
      double r = 0.180625 - q * q;
      return q * polynomial(r, CENTRE_ABOVE) / polynomial(r, CENTRE_BELOW);
    }
    double r = Math.sqrt(-StrictMath.log(Math.min(p, 1 - p))) - 1.6;
    double x = polynomial(r, TAIL_ABOVE) / polynomial(r, TAIL_BELOW);
    return q < 0 ? -x : x;
  }

  /** Coefficients from the constant on. */
  private static double polynomial(double x, double[] coefficients) {
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
