package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.fetch.prefetch.PrefetchEntry.State;
import io.stillstream.augmenter.metrics.FetchMetrics;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Fetches the objects of records between their poll and their turn, several at the same time, so
 * that the thread that processes them seldom waits for a store. Results are taken in the order of
 * the records, whatever order they come in.
 *
 * <p>At most {@code max-objects} with {@code max-total-bytes} are there or on their way. A record
 * whose turn has come is exempt: its object is fetched at once, on a thread of its own, whatever
 * others hold. So no record waits for the memory of others, and each stream thread adds at most one
 * object of {@code max-bytes}. Thread-safe.
 */
public final class ObjectPrefetcher implements ObjectFetcher, AutoCloseable {
  private final FetchSettings settings;
  private final MeasuredSource source;
  private final Function<ConsumerRecord<byte[], byte[]>, Optional<ObjectReference>> references;
  private final FetchMetrics metrics;
  private final ResultWait wait;
  private final FetchThreads threads = new FetchThreads();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition roomChanged = lock.newCondition();
  private final PrefetchWindow window;
  private boolean closed;

  /**
   * @param source closed with this
   * @param references the reference of a record, empty if it names no object; what it throws the
   *     record causes again when its turn comes
   * @param wait how long a record waits for its object in one call
   */
  public ObjectPrefetcher(
      FetchSettings settings,
      ObjectSource source,
      Function<ConsumerRecord<byte[], byte[]>, Optional<ObjectReference>> references,
      ResultWait wait,
      FetchMetrics metrics) {
    this.settings = settings;
    this.source = new MeasuredSource(source, metrics);
    this.references = references;
    this.wait = wait;
    this.metrics = metrics;
    this.window = new PrefetchWindow(settings);
  }

  /**
   * Takes note of records that were polled; their objects are fetched from now on. Never blocks.
   *
   * @param owner what has polled them
   */
  void offer(Iterable<ConsumerRecord<byte[], byte[]>> records, Object owner) {
    locked(
        () -> {
          if (!closed) {
            records.forEach(record -> window.add(new PrefetchEntry(record, owner)));
          }
        });
  }

  @Override
  public FetchedObject fetch(RecordCoordinates at, ObjectReference reference) {
    long start = System.nanoTime();
    try {
      return wait.forResult(resultOf(at, reference), at);
    } finally {
      metrics.waited(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /** The object that is there or on its way; otherwise it sets out now. */
  private CompletableFuture<FetchedObject> resultOf(
      RecordCoordinates at, ObjectReference reference) {
    lock.lock();
    try {
      if (closed) {
        throw new UnavailableObjectException("the service closes", null);
      }
      PrefetchEntry entry =
          window
              .find(at.partition(), at.offset())
              .orElseGet(
                  () -> {
                    PrefetchEntry added = new PrefetchEntry(at);
                    window.add(added);
                    return added;
                  });
      entry.urgent = true;
      if (entry.state == State.QUEUED || entry.state == State.DEFERRED) {
        window.begin(entry);
        start(entry, () -> Optional.of(reference));
      }
      update();
      return entry.result;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void processed(RecordCoordinates at) {
    lock.lock();
    try {
      if (window.removeUpTo(at.partition(), at.offset())) {
        update();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void revoked(int partition) {
    locked(() -> window.removeIf(entry -> entry.at.partition() == partition));
  }

  /** Forgets what a consumer has polled. */
  void release(Object owner) {
    locked(() -> window.removeIf(entry -> entry.owner == owner));
  }

  /** Whether nothing is kept, and nothing on its way. */
  boolean isIdle() {
    lock.lock();
    try {
      return window.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** After every change, with the lock: begins what can begin. */
  private void update() {
    while (!closed) {
      Optional<PrefetchEntry> next = window.beginNext();
      if (next.isEmpty()) {
        break;
      }
      PrefetchEntry entry = next.get();
      start(entry, () -> references.apply(entry.record));
    }
    roomChanged.signalAll();
    metrics.held(window.objects(), window.bytes());
  }

  /** With the lock. */
  private void start(PrefetchEntry entry, Supplier<Optional<ObjectReference>> reference) {
    if (entry.failures > 0) {
      metrics.retried();
    }
    try {
      threads.execute(() -> run(entry, reference));
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      window.fail(entry, new UnavailableObjectException("no thread reads the object", e));
    }
  }

  /** On a thread of the pool. */
  private void run(PrefetchEntry entry, Supplier<Optional<ObjectReference>> reference) {
    try {
      Optional<ObjectReference> named = reference.get();
      if (named.isEmpty()) {
        locked(() -> window.skip(entry));
        return;
      }
      FetchedObject object = source.read(named.get(), bytes -> reserve(entry, bytes));
      locked(() -> window.succeed(entry, object));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      locked(() -> window.fail(entry, new UnavailableObjectException("interrupted", e)));
    } catch (RuntimeException | Error e) {
      locked(() -> window.fail(entry, e));
    }
  }

  /** On a thread of the pool: waits for room. */
  private void reserve(PrefetchEntry entry, long bytes) throws InterruptedException {
    long total = Math.min(bytes, settings.maxBytes());
    lock.lockInterruptibly();
    try {
      window.waitForRoom(1);
      try {
        while (!entry.released && !window.reserve(entry, total)) {
          roomChanged.await();
        }
      } finally {
        window.waitForRoom(-1);
      }
      if (entry.released) {
        throw new CancellationException("the object of " + entry.at + " is no longer needed");
      }
      update();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      update();
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is on its way. */
  @Override
  public void close() {
    locked(
        () -> {
          closed = true;
          window.removeIf(entry -> true);
        });
    threads.interrupt();
    source.close(); // some reads end with their connection only
    threads.close();
  }
}
