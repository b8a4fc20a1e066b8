package io.stillstream.trainer.replica.objectstore;

import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The operations on objects that this room needs. An object is there as a whole or not at all. */
public interface ObjectStore extends AutoCloseable {
  /** A small object, and the tag that changes with it. */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  record TaggedObject(byte[] bytes, String tag) {}

  /**
   * Opens the client of a store. Nothing is connected to yet.
   *
   * @throws io.stillstream.runtime.config.StartupException if a file of the settings cannot be used
   */
  static ObjectStore open(ObjectStoreSettings settings) {
    return S3ObjectStore.open(settings);
  }

  /** The address of a key. */
  String uri(String key);

  /** Empty if there is no such object. */
  Optional<TaggedObject> read(String key) throws ObjectStoreException;

  /**
   * Reads an object from its beginning. While it is read, an {@link java.io.IOException} says that
   * the connection broke.
   */
  InputStream open(String key) throws ObjectStoreException;

  /** Writes an object, whatever was there. */
  void write(String key, byte[] bytes, int length) throws ObjectStoreException;

  /**
   * Writes an object if it is as expected.
   *
   * @param expected tag of what is there; empty if nothing is
   * @return the new tag
   * @throws ObjectStoreException with CONFLICT if it is not
   */
  String replace(String key, byte[] bytes, Optional<String> expected) throws ObjectStoreException;

  /** All keys that begin so. */
  List<String> list(String prefix) throws ObjectStoreException;

  /** Those that are not there do not matter. */
  void delete(Collection<String> keys) throws ObjectStoreException;

  @Override
  void close();
}
