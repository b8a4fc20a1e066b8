package io.stillstream.augmenter.policy;

import io.stillstream.schemas.values.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The seed of one view, a whole number from 0 to 2⁵³ − 1: the first 53 bits of the SHA-256 of
 *
 * <pre>
 *   policy seed      8 bytes, big-endian
 *   length of topic  4 bytes, big-endian, bytes of its UTF-8
 *   origin topic     UTF-8
 *   origin partition 4 bytes, big-endian
 *   origin offset    8 bytes, big-endian
 *   view index       4 bytes, big-endian
 * </pre>
 *
 * <p>Restarts, threads and rebalances change none of these, so they change no pixel either.
 *
 * <p>A double holds such a number exactly, so clients whose numbers are doubles can read the
 * records. Views of earlier versions have seeds of 64 bits, negative ones among them; those start
 * the random stream of their recipes as ever.
 */
public final class ViewSeed {
  private static final int BITS = 53;

  private ViewSeed() {}

  /** The seed of view {@code viewIndex} of the image with the given origin coordinates. */
  public static long of(long policySeed, String topic, int partition, long offset, int viewIndex) {
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message =
        ByteBuffer.allocate(28 + name.length)
            .putLong(policySeed)
            .putInt(name.length)
            .put(name)
            .putInt(partition)
            .putLong(offset)
            .putInt(viewIndex);
    return ByteBuffer.wrap(Sha256.digest().digest(message.array())).getLong()
        >>> (Long.SIZE - BITS);
  }
}
