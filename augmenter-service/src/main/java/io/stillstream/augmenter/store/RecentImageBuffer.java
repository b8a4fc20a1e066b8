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
 * the limits, not on how often the task was interrupted. Images lie in slots that are reused: so
 * the changelog topic has few keys, and compaction keeps it small. For one thread.
 */
public final class RecentImageBuffer implements AutoCloseable {
  private final KeyValueStore<Integer, byte[]> store;
  private final RecentImageLimits limits;
  private final AugmenterMetrics metrics;
  private final List<Slot> slots = new ArrayList<>();
  private final BitSet usedSlots = new BitSet();
  private long bytes;

  private record Slot(long offset, int slot, int bytes) {}

  /**
   * @param store with its content from before, if the task was interrupted; not closed here
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
    slots.sort(Comparator.comparingLong(Slot::offset));
  }

  /**
   * Prepares for the record at this offset: removes images that are not before it (there are such
   * only if offsets were set back) and those beyond the limits (only if the limits were lowered).
   */
  public void rewindTo(long offset) {
    while (!slots.isEmpty() && slots.get(slots.size() - 1).offset() >= offset) {
      store.delete(evict(slots.size() - 1));
    }
    evictUntilFits(0, 0).forEach(store::delete);
  }

  /** Number of images. */
  public int count() {
    return slots.size();
  }

  /**
   * One image.
   *
   * @param index from 0, the oldest, to {@code count() − 1}
   */
  public RecentImage get(int index) {
    return RecentImage.deserialize(store.get(slots.get(index).slot()));
  }

  /**
   * Adds the newest image, after its views were forwarded; one that is too large is ignored.
   *
   * @param value its {@link RecentImage#serialize}
   */
  public void add(byte[] value) {
    if (value.length > limits.maxImageBytes()) {
      return;
    }
    List<Integer> freed = evictUntilFits(1, value.length);
    int slot = usedSlots.nextClearBit(0);
    store.put(slot, value);
    track(new Slot(RecentImage.offset(value), slot, value.length));
    freed.stream().filter(old -> old != slot).forEach(store::delete);
  }

  /** Removes the oldest images until the new ones fit; returns the slots to be deleted. */
  private List<Integer> evictUntilFits(int images, int size) {
    List<Integer> freed = new ArrayList<>();
    while (slots.size() + images > limits.maxImages() || bytes + size > limits.maxBytes()) {
      freed.add(evict(0));
    }
    return freed;
  }

  private void track(Slot entry) {
    slots.add(entry);
    usedSlots.set(entry.slot());
    bytes += entry.bytes();
    metrics.recentImagesChanged(1, entry.bytes());
  }

  private int evict(int index) {
    Slot entry = slots.remove(index);
    usedSlots.clear(entry.slot());
    bytes -= entry.bytes();
    metrics.recentImagesChanged(-1, -entry.bytes());
    return entry.slot();
  }

  /** Subtracts its images from the metrics; the store is unchanged. */
  @Override
  public void close() {
    metrics.recentImagesChanged(-slots.size(), -bytes);
  }
}
