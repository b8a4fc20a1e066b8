package io.stillstream.augmenter.image;

import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Masks for tests. */
public final class TestMasks {
  private TestMasks() {}

  /** Pixels of any of the classes 0 to 20, each by itself. */
  public static SegmentationMask random(int height, int width, long seed) {
    Random random = new Random(seed);
    byte[] classes = new byte[height * width];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) random.nextInt(21);
    }
    return new SegmentationMask(height, width, classes);
  }

  /** A mask of one class. */
  public static SegmentationMask plain(int height, int width, int id) {
    byte[] classes = new byte[height * width];
    Arrays.fill(classes, (byte) id);
    return new SegmentationMask(height, width, classes);
  }

  /** As a file. */
  public static ByteBuffer png(SegmentationMask mask) {
    return MaskCodec.encode(mask);
  }
}
