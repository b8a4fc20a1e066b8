package io.stillstream.augmenter.image.pixel;

/** Weights of filters. */
final class GaussianKernel {
  private static final int ONE = 256;

  private GaussianKernel() {}

  /**
   * A Gaussian kernel of one dimension in multiples of 1/256 that add up to 1: plain areas stay
   * what they are, to the level. What rounding leaves over is carried on from the ends to the
   * middle.
   *
   * @param size number of weights, odd
   * @param sigma standard deviation, in weights, above 0
   */
  static float[] gaussian(int size, double sigma) {
    int middle = size / 2;
    double[] exact = new double[middle + 1];
    double sum = 0;
    for (int i = 0; i <= middle; i++) {
      double x = (middle - i) / sigma;
      exact[i] = StrictMath.exp(-x * x / 2);
      sum += i == middle ? exact[i] : 2 * exact[i];
    }
    float[] weights = new float[size];
    double wanted = 0;
    long given = 0;
    for (int i = 0; i < middle; i++) {
      wanted += ONE * exact[i] / sum;
      long weight = Math.round(wanted) - given;
      given += weight;
      weights[i] = (float) weight / ONE;
      weights[size - 1 - i] = weights[i];
    }
    weights[middle] = (float) (ONE - 2 * given) / ONE;
    return weights;
  }
}
