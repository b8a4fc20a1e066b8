package io.stillstream.local.policy.tune;

import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.schemas.values.Logits;

/** Adds up how far answers on views are those on their originals, image by image. */
final class AgreementTotal {
  private long views;
  private long sameClass;
  private double divergence;
  private int images;
  private double sum;
  private double squares;
  private double imageSum;
  private int imageViews;

  /**
   * A view of the present image.
   *
   * @param original logits on the image as it is, [K]
   * @param answer logits on the view, [K]
   */
  void add(float[] original, float[] answer) {
    AnswerShift shift = AnswerShift.between(original, answer);
    views++;
    sameClass += shift.sameClass() ? 1 : 0;
    divergence += shift.divergence();
    imageSum += Logits.overlap(logarithms(original), logarithms(answer));
    imageViews++;
  }

  /** All views of the present image were added. */
  void endImage() {
    double mean = imageSum / imageViews;
    images++;
    sum += mean;
    squares += mean * mean;
    imageSum = 0;
    imageViews = 0;
  }

  private static double[] logarithms(float[] logits) {
    return Logits.logProbabilities(logits, 0, logits.length);
  }

  /** The result; needs two images. */
  AnswerAgreement agreement() {
    double mean = sum / images;
    double variance = Math.max(0, (squares - images * mean * mean) / (images - 1));
    return new AnswerAgreement(
        views,
        mean,
        Math.sqrt(variance / images),
        (double) sameClass / views,
        Math.max(0, divergence / views));
  }
}
