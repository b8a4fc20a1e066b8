package io.stillstream.augmenter.fetch;

import io.stillstream.schemas.values.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Objects in memory. Each can be held back until a test lets it go, all of them can be away, and
 * whoever reads one is recorded.
 */
public final class FakeObjectSource implements ObjectSource {
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
  private final Map<String, RuntimeException> failing = new ConcurrentHashMap<>();
  private final List<String> begun = new ArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean away;
  private volatile boolean closed;

  /** Adds or replaces an object. */
  public FakeObjectSource put(String uri, byte[] bytes) {
    objects.put(uri, bytes);
    return this;
  }

  public void remove(String uri) {
    objects.remove(uri);
  }

  /** Lets reads of an object wait. */
  public void hold(String uri) {
    held.put(uri, new CountDownLatch(1));
  }

  public void letGo(String uri) {
    held.remove(uri).countDown();
  }

  /** Lets reads of an object fail. */
  public void fail(String uri, RuntimeException failure) {
    failing.put(uri, failure);
  }

  public void repair(String uri) {
    failing.remove(uri);
  }

  /** Takes all objects away for a time, or brings them back. */
  public void setAway(boolean isAway) {
    away = isAway;
  }

  /** Addresses in the order in which their reads began. */
  public List<String> begun() {
    synchronized (begun) {
      return List.copyOf(begun);
    }
  }

  /** Reads that have begun and not ended. */
  public int running() {
    return running.get();
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public byte[] read(ObjectReference reference) throws InterruptedException {
    synchronized (begun) {
      begun.add(reference.uri());
    }
    running.incrementAndGet();
    try {
      return find(reference);
    } finally {
      running.decrementAndGet();
    }
  }

  private byte[] find(ObjectReference reference) throws InterruptedException {
    CountDownLatch latch = held.get(reference.uri());
    if (latch != null) {
      latch.await();
    }
    RuntimeException failure = failing.get(reference.uri());
    if (failure != null) {
      throw failure;
    }
    if (away) {
      throw new UnavailableObjectException("the store is away", null);
    }
    byte[] bytes = objects.get(reference.uri());
    if (bytes == null) {
      throw new RejectedObjectException(ObjectRejection.NOT_FOUND, "no " + reference.uri());
    }
    if (reference.size().orElse(bytes.length) != bytes.length
        || !reference.sha256().orElseGet(() -> Sha256.hex(bytes)).equals(Sha256.hex(bytes))) {
      throw new RejectedObjectException(ObjectRejection.CHANGED, "another " + reference.uri());
    }
    return bytes;
  }

  @Override
  public void close() {
    closed = true;
  }
}
