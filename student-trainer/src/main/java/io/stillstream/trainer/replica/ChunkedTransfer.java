package io.stillstream.trainer.replica;

import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.replica.ReplicaManifest.ObjectRef;
import io.stillstream.trainer.replica.objectstore.ObjectStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException;
import io.stillstream.trainer.replica.objectstore.ObjectStoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Brings files to the store in objects of a size that one attempt can carry, and back. Every object
 * is checked against the SHA-256 of what was sent.
 */
public final class ChunkedTransfer {
  /** Of an object; a file of more is several. */
  static final int MOST = 16 << 20;

  private static final int TRIES = 4;

  /** Of an array. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final ObjectStore bucket;
  private final String root;

  public ChunkedTransfer(ObjectStore bucket, String root) {
    this.bucket = bucket;
    this.root = root;
  }

  /**
   * Sends a stretch of a file.
   *
   * @param key of the objects, before their numbers
   */
  List<ObjectRef> send(Path file, long from, long to, String key) throws IOException {
    List<ObjectRef> parts = new ArrayList<>();
    byte[] buffer = new byte[(int) Math.min(MOST, Math.max(1, to - from))];
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(from);
      long at = from;
      do {
        int length = (int) Math.min(buffer.length, to - at);
        if (in.readNBytes(buffer, 0, length) < length) {
          throw new IOException(file + " is shorter than " + to + " bytes");
        }
        parts.add(send(buffer, length, key + "." + parts.size()));
        at += length;
      } while (at < to);
    }
    return parts;
  }

  ObjectRef send(byte[] bytes, int length, String key) throws IOException {
    MessageDigest digest = Sha256.digest();
    digest.update(bytes, 0, length);
    bucket.write(root + key, bytes, length);
    return new ObjectRef(key, length, Sha256.hex(digest));
  }

  /**
   * Fetches objects, one behind the other.
   *
   * @throws CorruptObjectException if one is not there, or not what was sent
   */
  void fetch(List<ObjectRef> parts, OutputStream out) throws IOException {
    for (ObjectRef part : parts) {
      out.write(fetch(part));
    }
  }

  public byte[] fetch(ObjectRef part) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try (InputStream in = bucket.open(root + part.key())) {
        // One more than there should be is enough to see that there are too many.
        return verified(part, in.readNBytes((int) Math.min(LARGEST, part.bytes() + 1)));
      } catch (CorruptObjectException e) {
        throw e;
      } catch (ObjectStoreException e) {
        if (e.reason() == Reason.ABSENT) {
          throw new CorruptObjectException(e.getMessage());
        }
        throw e;
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw new ObjectStoreException(
              Reason.AWAY, bucket.uri(root + part.key()) + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private byte[] verified(ObjectRef part, byte[] bytes) throws CorruptObjectException {
    String actual = Sha256.hex(bytes);
    if (bytes.length != part.bytes() || !actual.equals(part.sha256())) {
      throw new CorruptObjectException(
          "%s begins with %d bytes with sha256 %s, %d with %s were sent"
              .formatted(
                  bucket.uri(root + part.key()),
                  bytes.length,
                  actual,
                  part.bytes(),
                  part.sha256()));
    }
    return bytes;
  }

  /** The files of a directory, by name. */
  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.sorted().toList();
    }
  }

  /** Of a file as it is. */
  static String sha256(Path file) throws IOException {
    return sha256(file, 0, Files.size(file));
  }

  /** Of a stretch of a file; of what there is of it, if the file ends before. */
  static String sha256(Path file, long from, long to) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(Math.min(from, Files.size(file)));
      long left = to - from;
      int read;
      while (left > 0 && (read = in.read(buffer, 0, (int) Math.min(buffer.length, left))) >= 0) {
        digest.update(buffer, 0, read);
        left -= read;
      }
    }
    return Sha256.hex(digest);
  }
}
