package io.stillstream.local.sizing;

/** What values take in Avro's binary encoding, bytes. */
final class AvroSizes {
  /** The branch of a union; null has no more than that. */
  static final int BRANCH = 1;

  /** A date of this century in milliseconds. */
  static final int TIMESTAMP = 6;

  /** A random number of 64 bits. */
  static final int RANDOM_LONG = 10;

  /** An offset between 1,048,576 and 134,217,727. */
  static final int OFFSET = 4;

  static final int DOUBLE = 8;

  /** A SHA-256 in hexadecimal digits. */
  static final long SHA256 = text(64);

  private AvroSizes() {}

  /** A length, a count, or another number from 0: seven bits in each byte, one is the sign. */
  static int length(long number) {
    int bytes = 1;
    for (long rest = number >> 6; rest > 0; rest >>= 7) {
      bytes++;
    }
    return bytes;
  }

  static long bytes(long length) {
    return length(length) + length;
  }

  static long text(long length) {
    return bytes(length);
  }
}
