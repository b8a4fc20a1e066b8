package io.stillstream.augmenter.policy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The seed of one view: the first eight bytes (big-endian) of the SHA-256 of
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
 */
public final class ViewSeed {
  private ViewSeed() {}

  /** The seed of view {@code viewIndex} of the image that first stood at the given coordinates. */
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
    MessageDigest sha256 = Sha256.digest();
    sha256.update(message.array());
    return ByteBuffer.wrap(sha256.digest()).getLong();
  }
}
