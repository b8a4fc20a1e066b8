package io.stillstream.trainer.replica.objectstore;

import io.stillstream.trainer.replica.objectstore.ObjectStoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A bucket on the heap that can be away, lose answers and break off where a test says. */
public final class InMemoryObjectStore implements ObjectStore {
  public final TreeMap<String, byte[]> objects = new TreeMap<>();

  /** Says at which keys writing fails. */
  public Predicate<String> fails = key -> false;

  /** Whether what is written next arrives, and its answer does not. */
  public boolean losesAnswer;

  /** Whether it is gone after the next head has arrived, and before its answer has. */
  public boolean goesAway;

  /** Whether anybody may list it. */
  public boolean listed = true;

  public volatile boolean away;
  private long tags;
  private final TreeMap<String, String> tagged = new TreeMap<>();

  private void answer(String key) throws ObjectStoreException {
    if (away) {
      throw new ObjectStoreException(Reason.AWAY, uri(key) + ": away", null);
    }
  }

  @Override
  public synchronized String uri(String key) {
    return "heap://" + key;
  }

  @Override
  public synchronized Optional<TaggedObject> read(String key) throws ObjectStoreException {
    answer(key);
    return Optional.ofNullable(objects.get(key))
        .map(bytes -> new TaggedObject(bytes, tagged.get(key)));
  }

  @Override
  public synchronized InputStream open(String key) throws ObjectStoreException {
    answer(key);
    if (!objects.containsKey(key)) {
      throw new ObjectStoreException(Reason.ABSENT, uri(key) + " is not there", null);
    }
    return new ByteArrayInputStream(objects.get(key));
  }

  @Override
  public synchronized void write(String key, byte[] bytes, int length) throws ObjectStoreException {
    answer(key);
    if (fails.test(key)) {
      throw new ObjectStoreException(Reason.AWAY, uri(key) + ": cut off", null);
    }
    objects.put(key, Arrays.copyOf(bytes, length));
    tagged.put(key, "tag-" + tags++);
  }

  @Override
  public synchronized String replace(String key, byte[] bytes, Optional<String> expected)
      throws ObjectStoreException {
    answer(key);
    if (!Optional.ofNullable(tagged.get(key)).equals(expected)) {
      throw new ObjectStoreException(Reason.CONFLICT, uri(key) + " is not as it was", null);
    }
    write(key, bytes, bytes.length);
    if (losesAnswer) {
      losesAnswer = false;
      throw new ObjectStoreException(
          Reason.CONFLICT, uri(key) + " was written by the try before", null);
    }
    if (goesAway) {
      goesAway = false;
      throw new ObjectStoreException(Reason.AWAY, uri(key) + ": no answer", null);
    }
    return tagged.get(key);
  }

  @Override
  public synchronized List<String> list(String prefix) throws ObjectStoreException {
    answer(prefix);
    if (!listed) {
      throw new ObjectStoreException(Reason.REFUSED, uri(prefix) + ": not for you", null);
    }
    return objects.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  @Override
  public synchronized void delete(Collection<String> keys) throws ObjectStoreException {
    for (String key : keys) {
      answer(key);
      objects.remove(key);
      tagged.remove(key);
    }
  }

  @Override
  public void close() {}
}
