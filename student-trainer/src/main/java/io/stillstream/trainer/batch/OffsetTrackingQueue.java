package io.stillstream.trainer.batch;

import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Records in the order in which they came, and how far each partition has been dealt with: a
 * position moves past a record only when everything before it, and itself, has been trained on or
 * needs no training.
 */
public final class OffsetTrackingQueue {
  private final Deque<ConsumedView> waiting = new ArrayDeque<>();
  private final Map<Integer, Long> positions = new HashMap<>();
  private int views;
  private long oldestNanos;

  /** Says where a partition's reading begins. */
  public void startPartition(int partition, long offset) {
    positions.put(partition, offset);
  }

  public void add(ConsumedView fetched, long nanos) {
    if (fetched.view() != null) {
      if (views == 0) {
        oldestNanos = nanos;
      }
      views++;
    }
    waiting.add(fetched);
    dropHandled(nanos);
  }

  /** Whether nothing waits at all. */
  public boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Views that wait. */
  public int views() {
    return views;
  }

  /** When the view came that waits longest; meaningless while none does. */
  public long oldestNanos() {
    return oldestNanos;
  }

  /** Up to {@code count} views, oldest first; they keep waiting until {@link #done}. */
  public List<ConsumedView> next(int count) {
    List<ConsumedView> next = new ArrayList<>();
    for (ConsumedView fetched : waiting) {
      if (fetched.view() != null && next.size() < count) {
        next.add(fetched);
      }
    }
    return next;
  }

  /** The first {@code count} views have been trained on. */
  public void done(int count, long nanos) {
    for (int left = count; left > 0; ) {
      ConsumedView fetched = waiting.remove();
      positions.put(fetched.partition(), fetched.offset() + 1);
      if (fetched.view() != null) {
        left--;
        views--;
      }
    }
    oldestNanos = nanos;
    dropHandled(nanos);
  }

  /** Leaves views untrained, and says how many. */
  public int removeIf(Predicate<TrainingExample> which, long nanos) {
    return skip(fetched -> which.test(fetched.view()), nanos);
  }

  /** Leaves one untrained. */
  void skip(ConsumedView one, long nanos) {
    int unused =
        skip(
            fetched -> fetched.partition() == one.partition() && fetched.offset() == one.offset(),
            nanos);
  }

  private int skip(Predicate<ConsumedView> which, long nanos) {
    int before = views;
    Deque<ConsumedView> kept = new ArrayDeque<>(waiting.size());
    for (ConsumedView fetched : waiting) {
      boolean leaves = fetched.view() != null && which.test(fetched);
      kept.add(leaves ? ConsumedView.nothing(fetched.partition(), fetched.offset()) : fetched);
      views -= leaves ? 1 : 0;
    }
    waiting.clear();
    waiting.addAll(kept);
    dropHandled(nanos);
    return before - views;
  }

  private void dropHandled(long nanos) {
    while (!waiting.isEmpty() && waiting.peek().view() == null) {
      ConsumedView fetched = waiting.remove();
      positions.put(fetched.partition(), fetched.offset() + 1);
    }
    if (views == 0) {
      oldestNanos = nanos;
    }
  }

  /** Per partition, the next offset that has not been dealt with. */
  public Map<Integer, Long> positions() {
    return Map.copyOf(positions);
  }
}
