package io.stillstream.trainer.training.example;

/** What a view takes on the heap, near enough, references compressed. */
final class ExampleFootprint {
  /**
   * What a view takes besides pixels, answer and mask: itself (48), its identity (40) and label
   * (24), the header of the pixels (16), padding and the buffer's reference (8). The reference to
   * what is decoded is left out: which views a buffer keeps depends on this number, and must not
   * change for training that goes on.
   */
  private static final int OVERHEAD = 136;

  /** What a mask takes besides its bytes. */
  private static final int ARRAY_HEADER = 16;

  private ExampleFootprint() {}

  /** In bytes, without what is decoded. */
  static long of(byte[] pixels, PackedAnswer answer, byte[] mask) {
    return OVERHEAD
        + pixels.length
        + (answer == null ? 0 : answer.bytes())
        + (mask == null ? 0 : ARRAY_HEADER + mask.length);
  }
}
