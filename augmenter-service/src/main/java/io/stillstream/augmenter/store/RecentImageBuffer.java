package io.stillstream.augmenter.store;

import io.stillstream.augmenter.metrics.AugmenterMetrics;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The last images of one partition, oldest first: the longest run of them, up to the newest, that
 * keeps within the limits. So what it holds before a record depends on the records before it and on
 * the limits, not on how often the task was interrupted. Images lie in slots that are used again:
 * the topic behind the store has few keys then, and compaction keeps it small. For one thread.
 */
public final class RecentImageBuffer implements AutoCloseable {
  private final KeyValueStore<Integer, byte[]> store;
  private final RecentImageLimits limits;
  private final AugmenterMetrics metrics;
  private final List<Slot> entries = new ArrayList<>();
  private final BitSet taken = new BitSet();
  private long bytes;

  private record Slot(long offset, int slot, int bytes) {}

  /**
   * Creates a recent image buffer.
   *
   * @param store with what it held before, if the task was interrupted; the caller's
   */
  public RecentImageBuffer(
      KeyValueStore<Integer, byte[]> store, RecentImageLimits limits, AugmenterMetrics metrics) {
    this.store = store;
    this.limits = limits;
    this.metrics = metrics;
    try (KeyValueIterator<Integer, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Integer, byte[]> next = all.next();
        track(new Slot(RecentImage.offset(next.value), next.key, next.value.length));
      }
    }
    entries.sort(Comparator.comparingLong(Slot::offset));
  }

  /**
   * Makes ready for the record at this offset: forgets what does not stand before it (there is such
   * only if offsets were set back) and what is beyond the limits (only if they became less).
   */
  public void rewindTo(long offset) {
    while (!entries.isEmpty() && entries.get(entries.size() - 1).offset() >= offset) {
      store.delete(evict(entries.size() - 1));
    }
    evictUntilFits(0, 0).forEach(store::delete);
  }

  /** How many there are. */
  public int count() {
    return entries.size();
  }

  /**
   * One of them.
   *
   * @param index from 0, the oldest, to {@code count() − 1}
   */
  public RecentImage get(int index) {
    return RecentImage.deserialize(store.get(entries.get(index).slot()));
  }

  /**
   * Adds the newest, whose views are on their way; one that is too large leaves all as it was.
   *
   * @param value its {@link RecentImage#serialize}
   */
  public void add(byte[] value) {
    if (value.length > limits.maxImageBytes()) {
      return;
    }
    List<Integer> freed = evictUntilFits(1, value.length);
    int slot = taken.nextClearBit(0);
    store.put(slot, value);
    track(new Slot(RecentImage.offset(value), slot, value.length));
    freed.stream().filter(old -> old != slot).forEach(store::delete);
  }

  /**
   * Forgets the oldest ones until there is room, and tells their slots, which are to be deleted.
   */
  private List<Integer> evictUntilFits(int images, int size) {
    List<Integer> freed = new ArrayList<>();
    while (entries.size() + images > limits.maxImages() || bytes + size > limits.maxBytes()) {
      freed.add(evict(0));
    }
    return freed;
  }

  private void track(Slot entry) {
    entries.add(entry);
    taken.set(entry.slot());
    bytes += entry.bytes();
    metrics.recentImagesChanged(1, entry.bytes());
  }

  private int evict(int index) {
    Slot entry = entries.remove(index);
    taken.clear(entry.slot());
    bytes -= entry.bytes();
    metrics.recentImagesChanged(-1, -entry.bytes());
    return entry.slot();
  }

  /** Takes its part out of the metrics; the store stays. */
  @Override
  public void close() {
    metrics.recentImagesChanged(-entries.size(), -bytes);
  }
}
