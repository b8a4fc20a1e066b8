package io.stillstream.schemas.values;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Functions of logits: the top class, the softmax, the divergence of two. A row of a batch is
 * {@code [from, from + k)} of an array.
 */
public final class Logits {
  private Logits() {}

  /** The class with the largest logit, from 0; the first of equals. */
  public static int top(float[] logits) {
    return top(logits, 0, logits.length);
  }

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

  /** Whether none of them is NaN or infinite. */
  public static boolean areFinite(float[] logits) {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The softmax, one probability for each class; they add up to 1. The largest logit is subtracted
   * first, so that large ones do not overflow.
   */
  public static double[] probabilities(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double[] probabilities = new double[logits.length];
    double sum = 0;
    for (int k = 0; k < logits.length; k++) {
      probabilities[k] = Math.exp(logits[k] - largest);
      sum += probabilities[k];
    }
    for (int k = 0; k < logits.length; k++) {
      probabilities[k] /= sum;
    }
    return probabilities;
  }

  /** The most probable classes, at most {@code count}, best first; of equal ones the first. */
  public static int[] top(double[] probabilities, int count) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -probabilities[k]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
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

  /**
   * Σ min(p, q), the part of one distribution that the other one has, too, 0 to 1; of two results
   * of {@link #logProbabilities}. It is 1 minus their total variation distance.
   */
  public static double overlap(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.exp(Math.min(p[i], q[i]));
    }
    return Math.min(1, sum);
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
