package io.stillstream.page.trainer;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.values.Logits;
import java.util.Comparator;
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
    int[] counts = mask.counts();
    double pixels = mask.classes().length;
    return IntStream.range(0, counts.length)
        .filter(k -> counts[k] > 0)
        .boxed()
        .sorted(Comparator.comparingInt(k -> -counts[k]))
        .limit(TOP)
        .map(
            k -> of(k == SegmentationMask.IGNORE ? "ignore" : name(k, classes), counts[k] / pixels))
        .toList();
  }

  /** Of a class without a name, its number. */
  public static String name(int index, List<String> classes) {
    return index >= 0 && index < classes.size() ? classes.get(index) : "class " + index;
  }
}
