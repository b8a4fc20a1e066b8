package io.stillstream.trainer.trace;

import io.stillstream.schemas.Label;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.schemas.values.Logits;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What logits, labels and masks say, in the names of classes. */
final class TopClasses {
  private static final int BEST = 3;
  private static final int MOST_SHARES = 10;

  private final List<String> classes;

  TopClasses(List<String> classes) {
    this.classes = List.copyOf(classes);
  }

  /** The most probable classes by softmax, best first; of equal ones the first. */
  List<ImageTrace.ClassScore> of(List<Float> logits) {
    double[] probabilities = Logits.probabilities(FloatArrays.toArray(logits));
    boolean known = probabilities.length == classes.size();
    return IntStream.of(Logits.top(probabilities, BEST))
        .mapToObj(k -> new ImageTrace.ClassScore(known ? name(k) : "class " + k, probabilities[k]))
        .toList();
  }

  /** The classes with most pixels, and their shares; of equal ones the first. */
  List<ImageTrace.ClassScore> shares(SegmentationMask mask) {
    return mask.largest(MOST_SHARES, classes).stream()
        .map(largest -> new ImageTrace.ClassScore(largest.name(), largest.share()))
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
