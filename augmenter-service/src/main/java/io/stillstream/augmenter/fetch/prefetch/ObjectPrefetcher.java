package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.ObjectRoom;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.fetch.RejectedObjectException;
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
import org.apache.kafka.common.errors.RetriableException;

/**
 * Fetches the objects of records between their poll and their turn, several at the same time, so
 * that the thread that processes them seldom waits for a store. Results are taken in the order of
 * the records, whatever order they come in.
 *
 * <p>At most {@code max-objects} with {@code max-total-bytes} are there or on their way. A record
 * whose turn has come is exempt: its object is fetched at once, on a thread of its own, whatever
 * others hold. So no record waits for the memory of others, and each stream thread adds at most one
 * object of {@code max-bytes}.
 *
 * <p>If a store is unavailable, nothing is fetched ahead until an object could be read again: the
 * record whose turn comes is the one that tries. Thread-safe.
 */
public final class ObjectPrefetcher implements ObjectFetcher, AutoCloseable {
  /** So often an object is fetched ahead in vain until its turn is awaited. */
  private static final int MAX_FAILURES = 3;

  private final FetchSettings settings;
  private final ObjectSource source;
  private final Function<ConsumerRecord<byte[], byte[]>, Optional<ObjectReference>> references;
  private final FetchMetrics metrics;
  private final ResultWait wait;
  private final FetchThreads threads = new FetchThreads();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition roomChanged = lock.newCondition();
  private final PrefetchWindow window;
  private int running;

  /** While one waits, none begins that would take the room from it. */
  private int waitingForRoom;

  private boolean suspended;
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
    this.source = source;
    this.references = references;
    this.wait = wait;
    this.metrics = metrics;
    this.window = new PrefetchWindow(settings.maxObjects(), settings.maxTotalBytes());
  }

  /**
   * Takes note of records that were polled; their objects are fetched from now on. Never blocks.
   *
   * @param owner what has polled them
   */
  void offer(Iterable<ConsumerRecord<byte[], byte[]>> records, Object owner) {
    locked(() -> records.forEach(record -> window.add(new PrefetchEntry(record, owner))));
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
        begin(entry, () -> Optional.of(reference), () -> {});
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
      return window.objects() == 0 && window.bytes() == 0 && window.entries() == 0 && running == 0;
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      if (!closed) {
        change.run();
        update();
      }
    } finally {
      lock.unlock();
    }
  }

  /** After every change, with the lock: begins what can begin. */
  private void update() {
    while (!closed && !suspended && waitingForRoom == 0 && running < settings.threads()) {
      Optional<PrefetchEntry> next = window.beginNext();
      if (next.isEmpty()) {
        break;
      }
      PrefetchEntry entry = next.get();
      running++;
      begin(entry, () -> references.apply(entry.record), () -> running--);
    }
    roomChanged.signalAll();
    metrics.held(window.objects(), window.bytes());
  }

  /** With the lock. */
  private void begin(
      PrefetchEntry entry, Supplier<Optional<ObjectReference>> reference, Runnable atEnd) {
    entry.result = new CompletableFuture<>();
    if (entry.failures > 0) {
      metrics.retried();
    }
    try {
      threads.execute(() -> run(entry, reference, atEnd));
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      atEnd.run();
      end(entry, null, new UnavailableObjectException("no thread reads the object", e));
    }
  }

  /** On a thread of the pool. */
  private void run(
      PrefetchEntry entry, Supplier<Optional<ObjectReference>> reference, Runnable atEnd) {
    FetchedObject object = null;
    Throwable failure = null;
    try {
      Optional<ObjectReference> named = reference.get();
      if (named.isPresent()) {
        object = read(entry, named.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new UnavailableObjectException("interrupted", e);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    lock.lock();
    try {
      atEnd.run();
      end(entry, object, failure);
      update();
    } finally {
      lock.unlock();
    }
  }

  private FetchedObject read(PrefetchEntry entry, ObjectReference reference)
      throws InterruptedException {
    Room room = new Room(entry);
    if (reference.size().isPresent()) {
      room.reserve(reference.size().getAsLong());
    }
    room.waited = 0;
    long start = System.nanoTime();
    String result = "failed";
    try {
      byte[] bytes = source.read(reference, room);
      result = "ok";
      room.reserve(bytes.length);
      return FetchedObject.of(reference, bytes);
    } catch (RejectedObjectException e) {
      result = e.reason().tag();
      throw e;
    } catch (UnavailableObjectException e) {
      result = "unavailable";
      throw e;
    } finally {
      result = room.denied ? "cancelled" : result;
      metrics.fetched(result, Duration.ofNanos(System.nanoTime() - start - room.waited));
    }
  }

  /** With the lock. */
  private void end(PrefetchEntry entry, FetchedObject object, Throwable failure) {
    if (object != null) {
      suspended = false;
      window.end(entry, State.DONE);
      entry.result.complete(object);
    } else if (failure instanceof RejectedObjectException rejected) {
      suspended &= rejected.reason() == ObjectRejection.NOT_ALLOWED; // no store was asked
      window.reserve(entry, 0);
      window.end(entry, State.DONE);
      entry.result.completeExceptionally(failure);
    } else if (failure != null) {
      boolean isUnavailable = failure instanceof RetriableException && !entry.released;
      suspended |= isUnavailable;
      entry.failures++;
      boolean isAgain = isUnavailable && !entry.urgent && entry.failures < MAX_FAILURES;
      window.end(entry, isAgain ? State.QUEUED : State.DEFERRED);
      entry.result.completeExceptionally(
          entry.released ? new UnavailableObjectException("given up", failure) : failure);
    } else {
      // It names no object.
      window.end(entry, State.DEFERRED);
      if (!entry.released) {
        window.remove(entry);
      }
      entry.result.completeExceptionally(new UnavailableObjectException("no object", null));
    }
  }

  /** Ends what is on its way. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      window.removeIf(entry -> true);
      update();
    } finally {
      lock.unlock();
    }
    threads.interrupt();
    source.close(); // some reads end with their connection only
    threads.close();
  }

  /** Room for the object of one record. */
  private final class Room implements ObjectRoom {
    private final PrefetchEntry entry;
    private long waited;
    private boolean denied;

    Room(PrefetchEntry entry) {
      this.entry = entry;
    }

    @Override
    public void reserve(long bytes) throws InterruptedException {
      long start = System.nanoTime();
      long total = Math.min(bytes, settings.maxBytes());
      lock.lockInterruptibly();
      try {
        waitingForRoom++;
        try {
          while (!entry.released && !window.reserve(entry, total)) {
            roomChanged.await();
          }
        } finally {
          waitingForRoom--;
        }
        if (entry.released) {
          denied = true;
          throw new CancellationException("nobody needs the object of " + entry.at);
        }
        update();
      } finally {
        lock.unlock();
        waited += System.nanoTime() - start;
      }
    }
  }
}
