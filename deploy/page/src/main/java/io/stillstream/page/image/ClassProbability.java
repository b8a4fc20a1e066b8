package io.stillstream.page.image;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A class and how probable somebody finds it.
 *
 * @param p 0 to 1
 */
record ClassProbability(String name, double p) {
  private static final int TOP = 3;

  /** The three most probable of all classes, best first; of equal ones the first. */
  static List<ClassProbability> top(double[] probabilities, List<String> classes) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -probabilities[k]))
        .limit(TOP)
        .map(k -> new ClassProbability(name(k, classes), Math.round(probabilities[k] * 1e4) / 1e4))
        .toList();
  }

  /** The same of logits, by softmax. */
  static List<ClassProbability> ofLogits(List<Float> logits, List<String> classes) {
    double largest = logits.stream().mapToDouble(Float::doubleValue).max().orElse(0);
    double[] probabilities =
        logits.stream().mapToDouble(logit -> Math.exp(logit - largest)).toArray();
    double sum = 0;
    for (double probability : probabilities) {
      sum += probability;
    }
    for (int k = 0; k < probabilities.length; k++) {
      probabilities[k] /= sum;
    }
    return top(probabilities, classes);
  }

  /** Of a class without a name, its number. */
  static String name(int index, List<String> classes) {
    return index >= 0 && index < classes.size() ? classes.get(index) : "class " + index;
  }
}
