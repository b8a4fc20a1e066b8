package io.stillstream.labeler.budget;

import io.stillstream.schemas.values.Sha256;
import java.nio.ByteBuffer;

/**
 * A hash of an image between 0 and 1, from its id alone: the first 8 bytes of the SHA-256 of the id
 * in UTF-8, as an unsigned big-endian number, divided by 2^64 and rounded down to 53 bits. It is
 * the same in every labeler, and uniform over many ids.
 */
public final class ImageSamplingHash {
  private static final double STEP = 0x1p-53;

  private ImageSamplingHash() {}

  /** At least 0, below 1. */
  public static double of(String imageId) {
    return (ByteBuffer.wrap(Sha256.bytes(imageId)).getLong() >>> (Long.SIZE - 53)) * STEP;
  }
}
