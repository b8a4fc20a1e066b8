package io.stillstream.labeler.budget;

import io.stillstream.schemas.values.Sha256;
import java.nio.ByteBuffer;
import java.util.function.DoubleSupplier;

/** Decides which images are labelled. Safe for use by several threads. */
public interface LabelBudget {
  /**
   * Whether the views of this image are to be labelled; if not they are written without logits. All
   * views of an image get the same result while the budget stays the same, and an image that is
   * included stays so when the budget grows.
   */
  boolean includes(String imageId);

  /**
   * A budget for a fraction of the images: those whose {@link #hash} is below it. So two labelers
   * with the same fraction choose the same images, and a growing fraction only adds images.
   *
   * @param fraction read for every view; 0 is nothing, 1 everything
   */
  static LabelBudget ofFraction(DoubleSupplier fraction) {
    return imageId -> {
      double now = fraction.getAsDouble();
      return now >= 1 || hash(imageId) < now;
    };
  }

  /**
   * A hash of an image from its id alone, at least 0 and below 1: the first 8 bytes of the SHA-256
   * of the id in UTF-8, as an unsigned big-endian number, divided by 2^64 and rounded down to 53
   * bits. It is the same in every labeler, and uniform over many ids.
   */
  static double hash(String imageId) {
    return (ByteBuffer.wrap(Sha256.bytes(imageId)).getLong() >>> (Long.SIZE - 53)) * 0x1p-53;
  }
}
