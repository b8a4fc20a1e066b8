package io.stillstream.augmenter.fetch.prefetch;

import io.stillstream.augmenter.fetch.prefetch.PrefetchEntry.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Which objects are there or being fetched, and which comes next. Within a partition records come
 * in order; of the partitions that with the fewest objects comes first, since Kafka Streams
 * processes all partitions in turn. Objects and bytes are bounded; only an object whose turn has
 * come may exceed the bounds, so that its record never waits for others. Not thread-safe.
 */
final class PrefetchWindow {
  private final int maxObjects;
  private final long maxBytes;
  private final Map<Integer, Partition> partitions = new LinkedHashMap<>();
  private int objects;
  private long bytes;

  private static final class Partition {
    private final NavigableMap<Long, PrefetchEntry> entries = new TreeMap<>();
    private final NavigableMap<Long, PrefetchEntry> queued = new TreeMap<>();

    int begun() {
      return entries.size() - queued.size();
    }
  }

  PrefetchWindow(int maxObjects, long maxBytes) {
    this.maxObjects = maxObjects;
    this.maxBytes = maxBytes;
  }

  /** Objects that are there or being fetched. */
  int objects() {
    return objects;
  }

  /** Bytes of the objects that are there, and those reserved for the ones being fetched. */
  long bytes() {
    return bytes;
  }

  /** Records that are known, whether their objects are fetched or not. */
  int entries() {
    return partitions.values().stream().mapToInt(partition -> partition.entries.size()).sum();
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

  /** Begins to fetch the next object, if there may be one more. */
  Optional<PrefetchEntry> beginNext() {
    if (objects >= maxObjects) {
      return Optional.empty();
    }
    Optional<PrefetchEntry> next =
        partitions.values().stream()
            .filter(partition -> !partition.queued.isEmpty())
            .min(Comparator.comparingInt(Partition::begun))
            .map(partition -> partition.queued.firstEntry().getValue());
    next.ifPresent(this::begin);
    return next;
  }

  /** Begins to fetch an object, beyond the limit if need be. */
  void begin(PrefetchEntry entry) {
    Optional.ofNullable(partitions.get(entry.at.partition()))
        .ifPresent(partition -> partition.queued.remove(entry.at.offset()));
    entry.state = State.RUNNING;
    objects++;
  }

  /**
   * Reserves bytes for an object in all, or gives back what it does not need.
   *
   * @return whether there was room
   */
  boolean reserve(PrefetchEntry entry, long total) {
    long more = total - entry.bytes;
    if (more > 0 && bytes + more > maxBytes && !entry.urgent) {
      return false;
    }
    entry.bytes = total;
    bytes += more;
    return true;
  }

  /** Ends to fetch an object; unless it is DONE and needed, it takes no more room. */
  void end(PrefetchEntry entry, State next) {
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
