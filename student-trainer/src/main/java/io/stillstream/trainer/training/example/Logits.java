package io.stillstream.trainer.training.example;

/** What rows of logits say; a row is {@code [from, from + k)} of an array. */
public final class Logits {
  private Logits() {}

  /** The class with the largest logit, from 0; the first of equals. */
  public static int top(float[] logits, int from, int k) {
    int top = from;
    for (int i = from + 1; i < from + k; i++) {
      if (logits[i] > logits[top]) {
        top = i;
      }
    }
    return top - from;
  }

  /** Natural logarithms of the softmax, [k]. */
  public static double[] logProbabilities(float[] logits, int from, int k) {
    double largest = logits[from + top(logits, from, k)];
    double sum = 0;
    for (int i = 0; i < k; i++) {
      sum += Math.exp(logits[from + i] - largest);
    }
    double shift = largest + Math.log(sum);
    double[] result = new double[k];
    for (int i = 0; i < k; i++) {
      result[i] = logits[from + i] - shift;
    }
    return result;
  }

  /** KL(p ‖ q) in nats, of two results of {@link #logProbabilities}. */
  public static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.exp(p[i]) * (p[i] - q[i]);
    }
    return Math.max(0, sum);
  }
}
