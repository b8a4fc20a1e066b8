package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectRoom;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.OptionalLong;

/**
 * How many bytes an object may have, and the room for them.
 *
 * @param most within 1 and 1 GiB
 * @param expected what its event says, if it does; at most {@code most}
 * @param room asked before any byte is read
 */
record SizeLimit(long most, OptionalLong expected, ObjectRoom room) {
  /** The same with room for any object. */
  SizeLimit(long most, OptionalLong expected) {
    this(most, expected, bytes -> {});
  }

  /**
   * Checks a size that is known before the object is read.
   *
   * @throws RejectedObjectException if it is another one than expected, or too large
   */
  void check(ObjectAddress address, long size) {
    if (expected.isPresent() && size != expected.getAsLong()) {
      throw changed(address, size + " bytes");
    }
    if (size > most) {
      throw tooLarge(address, size + " bytes");
    }
  }

  /**
   * Reads an object to its end, and never more than one byte too many.
   *
   * @param declared its size, as the store says; negative if it does not
   * @throws RejectedObjectException if its size is another one than expected, or too large
   * @throws IOException if it cannot be read, or ends early
   */
  byte[] read(ObjectAddress address, InputStream in, long declared) throws IOException {
    return read(address, in, declared, declared >= 0 ? declared : expected.orElse(most));
  }

  /**
   * The same.
   *
   * @param likely size for which room is asked
   */
  byte[] read(ObjectAddress address, InputStream in, long declared, long likely)
      throws IOException {
    if (declared >= 0) {
      check(address, declared);
    }
    long limit = declared >= 0 ? declared : expected.orElse(most);
    reserve(likely);
    byte[] bytes = in.readNBytes(Math.toIntExact(limit + 1));
    if (bytes.length < declared) {
      throw new EOFException("it ends after %d of %d bytes".formatted(bytes.length, declared));
    }
    if (bytes.length > most) {
      throw tooLarge(address, "more than " + most + " bytes");
    }
    if (expected.isPresent() && bytes.length != expected.getAsLong()) {
      throw changed(
          address, (bytes.length > limit ? "more than " + limit : bytes.length) + " bytes");
    }
    return bytes;
  }

  private void reserve(long bytes) throws InterruptedIOException {
    try {
      room.reserve(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("while it waited for room");
    }
  }

  private RejectedObjectException changed(ObjectAddress address, String has) {
    return new RejectedObjectException(
        ObjectRejection.CHANGED,
        "%s has %s, its event says %d".formatted(address, has, expected.getAsLong()));
  }

  private RejectedObjectException tooLarge(ObjectAddress address, String has) {
    return new RejectedObjectException(
        ObjectRejection.TOO_LARGE,
        "%s has %s, fetch.max-bytes is %d".formatted(address, has, most));
  }
}
