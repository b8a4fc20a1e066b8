package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.schemas.values.Sha256;

/**
 * An object that was fetched.
 *
 * @param bytes all of it
 * @param sha256 of the bytes, in lower-case hexadecimal digits
 */
@SuppressWarnings("ArrayRecordComponent") // as large as an image, never compared
public record FetchedObject(byte[] bytes, String sha256) {
  /**
   * The object at a reference.
   *
   * @param bytes as a source gave them, so that they have the SHA-256 that the reference names
   */
  public static FetchedObject of(ObjectReference reference, byte[] bytes) {
    return new FetchedObject(bytes, reference.sha256().orElseGet(() -> Sha256.hex(bytes)));
  }
}
