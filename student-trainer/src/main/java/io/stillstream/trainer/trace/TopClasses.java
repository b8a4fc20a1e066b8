package io.stillstream.trainer.trace;

import io.stillstream.schemas.Label;
import io.stillstream.schemas.values.FloatArrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What logits and labels say, in the names of classes. */
final class TopClasses {
  private static final int BEST = 3;

  private final List<String> classes;

  TopClasses(List<String> classes) {
    this.classes = List.copyOf(classes);
  }

  /** The most probable classes by softmax, best first; of equal ones the first. */
  List<ImageTrace.ClassScore> of(List<Float> logits) {
    float[] values = FloatArrays.toArray(logits);
    double largest = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      largest = Math.max(largest, value);
    }
    double[] shares = new double[values.length];
    double sum = 0;
    for (int k = 0; k < values.length; k++) {
      shares[k] = Math.exp(values[k] - largest);
      sum += shares[k];
    }
    double whole = sum;
    boolean known = values.length == classes.size();
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -shares[k]))
        .limit(BEST)
        .map(k -> new ImageTrace.ClassScore(known ? name(k) : "class " + k, shares[k] / whole))
        .toList();
  }

  /** A label; null for null. */
  String of(Label label) {
    if (label == null) {
      return null;
    }
    return label.getSecondary() == null
        ? name(label.getPrimary())
        : String.format(
            Locale.ROOT,
            "%s %.2f, %s %.2f",
            name(label.getPrimary()),
            label.getWeight(),
            name(label.getSecondary()),
            1 - label.getWeight());
  }

  /** The name of a class, as far as it is known. */
  String name(int index) {
    return index >= 0 && index < classes.size() ? classes.get(index) : "class " + index;
  }
}
