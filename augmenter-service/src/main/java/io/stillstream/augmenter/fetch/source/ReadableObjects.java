package io.stillstream.augmenter.fetch.source;

import io.stillstream.augmenter.fetch.AllowedPrefix;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One object of each prefix that could be read: whether it still can be read tells a store that
 * refuses one object from a store that refuses all.
 */
final class ReadableObjects {
  private final Map<AllowedPrefix, ObjectAddress> latest = new ConcurrentHashMap<>();

  void add(AllowedPrefix prefix, ObjectAddress address) {
    latest.put(prefix, address);
  }

  /**
   * Whether the object that was read last can be read again.
   *
   * @throws io.stillstream.augmenter.fetch.UnavailableObjectException if the store is away now
   */
  boolean canReadAgain(AllowedPrefix prefix, SchemeReader reader) throws InterruptedException {
    ObjectAddress address = latest.get(prefix);
    if (address == null) {
      return false;
    }
    try {
      reader.probe(address);
      return true;
    } catch (RefusedObjectException e) {
      return false;
    } catch (RejectedObjectException e) {
      // Deleted since: it tells nothing any more.
      latest.remove(prefix, address);
      return false;
    }
  }
}
