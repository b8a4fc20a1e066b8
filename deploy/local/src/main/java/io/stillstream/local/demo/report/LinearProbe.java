package io.stillstream.local.demo.report;

import java.util.Arrays;

/**
 * A linear classifier on embeddings, which shows how much of a class they tell: ridge regression
 * from the embedding and a constant to one number for each class, 1 for the label and 0 for the
 * others. The largest number is the answer. Only sums are kept, so memory does not grow with the
 * number of examples; the result depends on the examples and their order only.
 */
final class LinearProbe {
  /** Of the mean diagonal of XᵀX; enough that it can be inverted, too little to matter else. */
  private static final double RIDGE = 1e-6;

  private final int columns;
  private final double[][] products;
  private final double[][] targets;

  LinearProbe(int dimensions, int classes) {
    columns = dimensions + 1;
    products = new double[columns][columns];
    targets = new double[columns][classes];
  }

  /** Adds an example; those with a class out of range count for no class. */
  void add(double[] embedding, int label) {
    double[] row = withConstant(embedding);
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j <= i; j++) {
        products[i][j] += row[i] * row[j];
      }
      if (label >= 0 && label < targets[i].length) {
        targets[i][label] += row[i];
      }
    }
  }

  /** Solves (XᵀX + λ) W = XᵀY by Cholesky's decomposition. */
  Weights fit() {
    double trace = 0;
    for (int i = 0; i < columns; i++) {
      trace += products[i][i];
    }
    double ridge = RIDGE * trace / columns;
    double[][] lower = new double[columns][columns];
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = products[i][j] + (i == j ? ridge : 0);
        for (int k = 0; k < j; k++) {
          rest -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(rest) : rest / lower[j][j];
      }
    }
    int classes = targets[0].length;
    double[][] weights = new double[classes][];
    for (int k = 0; k < classes; k++) {
      weights[k] = solution(lower, k);
    }
    return new Weights(weights);
  }

  private double[] solution(double[][] lower, int target) {
    double[] x = new double[columns];
    for (int i = 0; i < columns; i++) {
      double rest = targets[i][target];
      for (int j = 0; j < i; j++) {
        rest -= lower[i][j] * x[j];
      }
      x[i] = rest / lower[i][i];
    }
    for (int i = columns - 1; i >= 0; i--) {
      double rest = x[i];
      for (int j = i + 1; j < columns; j++) {
        rest -= lower[j][i] * x[j];
      }
      x[i] = rest / lower[i][i];
    }
    return x;
  }

  private static double[] withConstant(double[] embedding) {
    double[] row = Arrays.copyOf(embedding, embedding.length + 1);
    row[embedding.length] = 1;
    return row;
  }

  /** A fitted probe: [classes, dimensions + 1]. */
  static final class Weights {
    private final double[][] rows;

    private Weights(double[][] rows) {
      this.rows = rows;
    }

    /** The class of an embedding. */
    int top(double[] embedding) {
      double[] row = withConstant(embedding);
      int top = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < rows.length; k++) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
          sum += rows[k][i] * row[i];
        }
        if (sum > most) {
          most = sum;
          top = k;
        }
      }
      return top;
    }
  }
}
