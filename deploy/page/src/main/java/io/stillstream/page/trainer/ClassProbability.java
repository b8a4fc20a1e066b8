package io.stillstream.page.trainer;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.values.Logits;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A class and its probability, by student or teacher, or its share of a mask's pixels.
 *
 * @param p 0 to 1
 */
public record ClassProbability(String name, double p) {
  /** How many are shown. */
  static final int TOP = 3;

  /** With the probability rounded to four decimals. */
  static ClassProbability of(String name, double probability) {
    return new ClassProbability(name, Math.round(probability * 1e4) / 1e4);
  }

  /** The three most probable of all classes, best first; of equal ones the first. */
  private static List<ClassProbability> top(double[] probabilities, List<String> classes) {
    return IntStream.of(Logits.top(probabilities, TOP))
        .mapToObj(k -> of(name(k, classes), probabilities[k]))
        .toList();
  }

  /** The most probable classes of logits, by softmax. */
  public static List<ClassProbability> ofLogits(float[] logits, List<String> classes) {
    return top(Logits.probabilities(logits), classes);
  }

  /** The classes with most pixels; of equal ones the first. */
  public static List<ClassProbability> ofMask(SegmentationMask mask, List<String> classes) {
    return mask.largest(TOP, classes).stream()
        .map(largest -> of(largest.name(), largest.share()))
        .toList();
  }

  /** Of a class without a name, its number. */
  public static String name(int index, List<String> classes) {
    return index >= 0 && index < classes.size() ? classes.get(index) : "class " + index;
  }
}
