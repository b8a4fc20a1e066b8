package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.fetch.ObjectRejection;
import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.fetch.prefetch.PrefetchEntry.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Which objects are there or being fetched, and which comes next. Threads, objects and bytes are
 * bounded; only an object whose turn has come may exceed the bounds, so that its record never waits
 * for others. Within a partition records come in order; of the partitions that with the fewest
 * objects comes first, since Kafka Streams processes all partitions in turn.
 *
 * <p>If a store is unavailable, nothing is fetched ahead until an object could be read again: the
 * record whose turn comes is the one that tries. With each try one other object is fetched, too: if
 * only the first is unavailable, this ends the suspension, and tells a source that others can be
 * read. Not thread-safe.
 */
final class PrefetchWindow {
  /** So often an object is fetched ahead in vain until its turn is awaited. */
  private static final int MAX_FAILURES = 3;

  private final FetchSettings settings;
  private final Map<Integer, Partition> partitions = new LinkedHashMap<>();
  private int objects;
  private long bytes;
  private int running;
  private boolean suspended;

  /** While suspended: one may be fetched ahead nevertheless. */
  private boolean trial;

  /** While one waits, none begins that would take the room from it. */
  private int waitingForRoom;

  private static final class Partition {
    private final NavigableMap<Long, PrefetchEntry> entries = new TreeMap<>();
    private final NavigableMap<Long, PrefetchEntry> queued = new TreeMap<>();

    int begun() {
      return entries.size() - queued.size();
    }
  }

  PrefetchWindow(FetchSettings settings) {
    this.settings = settings;
  }

  /** Objects that are there or being fetched. */
  int objects() {
    return objects;
  }

  /** Bytes of the objects that are there, and those reserved for the ones being fetched. */
  long bytes() {
    return bytes;
  }

  /** Whether no record is known, and nothing on its way. */
  boolean isEmpty() {
    return partitions.isEmpty() && objects == 0 && bytes == 0 && running == 0;
  }

  /** Adds a record. If it is there already, it only changes its owner. */
  void add(PrefetchEntry entry) {
    Partition partition = partitions.computeIfAbsent(entry.at.partition(), key -> new Partition());
    PrefetchEntry before = partition.entries.putIfAbsent(entry.at.offset(), entry);
    if (before != null) {
      before.owner = entry.owner;
    } else if (entry.state == State.QUEUED) {
      partition.queued.put(entry.at.offset(), entry);
    }
  }

  Optional<PrefetchEntry> find(int partition, long offset) {
    return Optional.ofNullable(partitions.get(partition)).map(one -> one.entries.get(offset));
  }

  /** Begins to fetch the next object ahead, if there may be one more. */
  Optional<PrefetchEntry> beginNext() {
    if ((suspended && !trial)
        || waitingForRoom > 0
        || running >= settings.threads()
        || objects >= settings.maxObjects()) {
      return Optional.empty();
    }
    Optional<PrefetchEntry> next =
        partitions.values().stream()
            .filter(partition -> !partition.queued.isEmpty())
            .min(Comparator.comparingInt(Partition::begun))
            .map(partition -> partition.queued.firstEntry().getValue());
    next.ifPresent(
        entry -> {
          trial = false;
          run(entry);
          entry.ahead = true;
          running++;
        });
    return next;
  }

  /** Begins to fetch an object whose turn has come, beyond the limits if need be. */
  void begin(PrefetchEntry entry) {
    trial = suspended;
    run(entry);
  }

  private void run(PrefetchEntry entry) {
    Optional.ofNullable(partitions.get(entry.at.partition()))
        .ifPresent(partition -> partition.queued.remove(entry.at.offset()));
    entry.state = State.RUNNING;
    entry.ahead = false;
    entry.result = new CompletableFuture<>();
    objects++;
  }

  /**
   * Reserves bytes for an object in all, or gives back what it does not need.
   *
   * @return whether there was room
   */
  boolean reserve(PrefetchEntry entry, long total) {
    long more = total - entry.bytes;
    if (more > 0 && bytes + more > settings.maxTotalBytes() && !entry.urgent) {
      return false;
    }
    entry.bytes = total;
    bytes += more;
    return true;
  }

  /** One that is being fetched began (+1) or stopped (−1) waiting for room. */
  void waitForRoom(int change) {
    waitingForRoom += change;
  }

  /** The object is there. */
  void succeed(PrefetchEntry entry, FetchedObject object) {
    suspended = false;
    end(entry, State.DONE);
    entry.result.complete(object);
  }

  /** The record names no object. */
  void skip(PrefetchEntry entry) {
    end(entry, State.DEFERRED);
    if (!entry.released) {
      remove(entry);
    }
    entry.result.completeExceptionally(new UnavailableObjectException("no object", null));
  }

  /** The object cannot be used, now or ever. */
  void fail(PrefetchEntry entry, Throwable failure) {
    if (failure instanceof RejectedObjectException rejected) {
      suspended &= rejected.reason() == ObjectRejection.NOT_ALLOWED; // no store was asked
      reserve(entry, 0);
      end(entry, State.DONE);
      entry.result.completeExceptionally(failure);
      return;
    }
    boolean isUnavailable = failure instanceof RetriableException && !entry.released;
    suspended |= isUnavailable;
    entry.failures++;
    boolean isAgain = isUnavailable && !entry.urgent && entry.failures < MAX_FAILURES;
    end(entry, isAgain ? State.QUEUED : State.DEFERRED);
    entry.result.completeExceptionally(
        entry.released ? new UnavailableObjectException("given up", failure) : failure);
  }

  /** Unless it is DONE and needed, it takes no more room. */
  private void end(PrefetchEntry entry, State next) {
    running -= entry.ahead ? 1 : 0;
    entry.ahead = false;
    entry.state = next;
    if (entry.released || next != State.DONE) {
      free(entry);
    }
    if (!entry.released && next == State.QUEUED) {
      partitions.get(entry.at.partition()).queued.put(entry.at.offset(), entry);
    }
  }

  /** Forgets a record. An object that is being fetched keeps its room until that ends. */
  void remove(PrefetchEntry entry) {
    Partition partition = partitions.get(entry.at.partition());
    partition.entries.remove(entry.at.offset());
    partition.queued.remove(entry.at.offset());
    if (partition.entries.isEmpty()) {
      partitions.remove(entry.at.partition());
    }
    entry.released = true;
    if (entry.state == State.DONE) {
      free(entry);
    }
  }

  /** Forgets the records of a partition up to an offset; returns whether there were any. */
  boolean removeUpTo(int partition, long offset) {
    Partition found = partitions.get(partition);
    if (found == null || found.entries.firstKey() > offset) {
      return false;
    }
    removeAll(List.copyOf(found.entries.headMap(offset, true).values()));
    return true;
  }

  /** Forgets records. */
  void removeIf(Predicate<PrefetchEntry> condition) {
    List<PrefetchEntry> found = new ArrayList<>();
    partitions.values().stream()
        .flatMap(partition -> partition.entries.values().stream())
        .filter(condition)
        .forEach(found::add);
    removeAll(found);
  }

  private void removeAll(List<PrefetchEntry> some) {
    some.forEach(this::remove);
  }

  private void free(PrefetchEntry entry) {
    bytes -= entry.bytes;
    entry.bytes = 0;
    objects--;
  }
}
