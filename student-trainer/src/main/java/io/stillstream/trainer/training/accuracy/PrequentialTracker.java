package io.stillstream.trainer.training.accuracy;

import io.stillstream.trainer.training.example.ViewMask;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongPredicate;

/**
 * How student and teacher did on the latest originals, each judged before it was trained on (Gama,
 * Sebastião and Rodrigues 2013).
 */
public interface PrequentialTracker {
  /**
   * Takes what came of one more original.
   *
   * @throws ClassCastException if it is of another task
   */
  void add(OriginalOutcome outcome);

  /** Images in the window. */
  int size();

  /** Images in the window that have a teacher's answer. */
  int taught();

  /** A window that goes back only as far as there are {@code taught} images with an answer. */
  PrequentialTracker newest(long taught);

  /**
   * Share of labelled images, or of pixels with a class, that the student named right; empty for
   * embeddings.
   */
  OptionalDouble studentAccuracy();

  /**
   * Share of images, or of pixels, for which student and teacher favour the same class; the mean
   * cosine for embeddings.
   */
  OptionalDouble agreement();

  /** All measures of the task that are known. */
  Map<Measure, Double> measures();

  /**
   * The student's accuracy (classification) or intersection over union (segmentation) by true
   * class, [k]; NaN for a class that does not occur. Empty for embeddings.
   */
  double[] classScores(int k);

  /**
   * How often the student gave which class to images or pixels of which true class,
   * [truth][answer]; empty without images, for embeddings, and for more than {@value
   * EvaluationResult#MOST_CONFUSED_CLASSES} classes, whose matrix could fill the heap.
   */
  Optional<long[][]> confusion(int k);

  /** Truth may come later: keeps from now on what it takes to count it. */
  default void expectTruth() {}

  /**
   * Whether there is an outcome for an image of this number, which counts with this class from now
   * on; false for other tasks than classification. All measures are then what they would be if the
   * class had been known before.
   */
  default boolean relabel(long image, int label) {
    return false;
  }

  /**
   * The same for the mask of an image; false for other tasks than segmentation, and where it is not
   * known any more what was said of each pixel.
   */
  default boolean remask(long image, ViewMask mask) {
    return false;
  }

  /** Forgets of which of these images outcomes are; they still count. */
  default void erase(LongPredicate image) {}

  /** The outcomes, oldest first. */
  String save();

  /**
   * Replaces the outcomes by saved ones; the latest if there are too many, none if they are in an
   * older form.
   */
  void restore(String saved);
}
