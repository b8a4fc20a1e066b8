package io.stillstream.augmenter.random;

import java.util.Arrays;

/**
 * Draws from the gamma, beta and Dirichlet distributions: exact functions of the stream. Marsaglia
 * and Tsang (A Simple Method for Generating Gamma Variables, 2000), with normal numbers by Box and
 * Muller; {@link StrictMath} because recipes must be the same on every machine. How many numbers
 * are taken from the stream depends on the numbers.
 */
public final class GammaSampler {
  private GammaSampler() {}

  /**
   * A share from the beta distribution with density ∝ x^(a−1)·(1−x)^(b−1).
   *
   * @param a above 0
   * @param b above 0
   * @return 0 to 1
   */
  public static double beta(RandomStream random, double a, double b) {
    return shares(logGamma(random, a), logGamma(random, b))[0];
  }

  /**
   * Shares from the symmetric Dirichlet distribution.
   *
   * @param alpha concentration, above 0: small for one large share, large for equal ones
   * @param count how many, at least 1
   * @return each 0 to 1; the sum is 1 but for rounding
   */
  public static double[] dirichlet(RandomStream random, double alpha, int count) {
    double[] logs = new double[count];
    for (int i = 0; i < count; i++) {
      logs[i] = logGamma(random, alpha);
    }
    return shares(logs);
  }

  /**
   * The natural logarithm of a number from the gamma distribution of scale 1. The logarithm,
   * because for small shapes the number itself is often too small for a double, and a share of
   * zeros would be no number.
   *
   * @param shape above 0
   */
  static double logGamma(RandomStream random, double shape) {
    if (shape < 1) {
      double larger = logGamma(random, shape + 1);
      return larger + StrictMath.log(1 - random.nextDouble()) / shape;
    }
    double d = shape - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = normal(random);
      double root = 1 + c * x;
      double u = 1 - random.nextDouble();
      if (root > 0) {
        double v = root * root * root;
        double logV = 3 * StrictMath.log(root);
        if (StrictMath.log(u) < x * x / 2 + d - d * v + d * logV) {
          return StrictMath.log(d) + logV;
        }
      }
    }
  }

  /** A standard normal number; takes two numbers from the stream. */
  private static double normal(RandomStream random) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
  }

  private static double[] shares(double... logs) {
    double max = Arrays.stream(logs).max().orElseThrow();
    double[] shares = new double[logs.length];
    double sum = 0;
    for (int i = 0; i < logs.length; i++) {
      shares[i] = StrictMath.exp(logs[i] - max);
      sum += shares[i];
    }
    for (int i = 0; i < logs.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }
}
