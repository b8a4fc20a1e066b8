package io.stillstream.page.image;

import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.schemas.values.Logits;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A class and its probability, by student or teacher.
 *
 * @param p 0 to 1
 */
record ClassProbability(String name, double p) {
  private static final int TOP = 3;

  /** The three most probable of all classes, best first; of equal ones the first. */
  static List<ClassProbability> top(double[] probabilities, List<String> classes) {
    return IntStream.of(Logits.top(probabilities, TOP))
        .mapToObj(
            k -> new ClassProbability(name(k, classes), Math.round(probabilities[k] * 1e4) / 1e4))
        .toList();
  }

  /** The same of logits, by softmax. */
  static List<ClassProbability> ofLogits(List<Float> logits, List<String> classes) {
    return top(Logits.probabilities(FloatArrays.toArray(logits)), classes);
  }

  /** Of a class without a name, its number. */
  static String name(int index, List<String> classes) {
    return index >= 0 && index < classes.size() ? classes.get(index) : "class " + index;
  }
}
