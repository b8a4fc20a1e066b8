package io.stillstream.labeler.budget;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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
    byte[] digest = sha256().digest(imageId.getBytes(StandardCharsets.UTF_8));
    long first = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      first = first << Byte.SIZE | (digest[i] & 0xFF);
    }
    return (first >>> (Long.SIZE - 53)) * STEP;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
