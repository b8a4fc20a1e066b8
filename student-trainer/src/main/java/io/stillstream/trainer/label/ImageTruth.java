package io.stillstream.trainer.label;

import io.stillstream.trainer.training.example.ViewMask;

/**
 * The truth of an image, as a label that came later says it: a class or a mask.
 *
 * @param image its number, see {@link io.stillstream.runtime.records.ImageIdHash#number}
 * @param label class, from 0; −1 where there is a mask
 * @param mask null where there is a class
 */
public record ImageTruth(long image, int label, ViewMask mask) {
  public ImageTruth {
    if ((label < 0) == (mask == null)) {
      throw new IllegalArgumentException(
          "either a class or a mask is expected, class was " + label);
    }
  }

  /** The class of an image. */
  public static ImageTruth ofClass(long image, int label) {
    return new ImageTruth(image, label, null);
  }

  /** The mask of an image. */
  public static ImageTruth ofMask(long image, ViewMask mask) {
    return new ImageTruth(image, -1, mask);
  }
}
