package io.stillstream.trainer.batch;

import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/**
 * Records in the order in which they came, and the position of each partition: it moves past a
 * record only when that and everything before it has been trained on or needs no training.
 */
public final class OffsetTrackingQueue {
  private final Deque<ConsumedView> waiting = new ArrayDeque<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private int views;
  private long oldestNanos;

  /** Reading of a partition begins. */
  public void startPartition(TopicPartition partition, long offset) {
    positions.put(partition, offset);
  }

  public void add(ConsumedView view, long nanos) {
    if (view.view() != null) {
      if (views == 0) {
        oldestNanos = nanos;
      }
      views++;
    } else {
      removeLastOf(view.partition());
    }
    waiting.add(view);
    dropHandled(nanos);
  }

  /**
   * Of the records after the last view, none of which is trained on, only the last of each
   * partition has to wait: so any number of labels may come between two views.
   */
  private void removeLastOf(TopicPartition partition) {
    Iterator<ConsumedView> latest = waiting.descendingIterator();
    while (latest.hasNext()) {
      ConsumedView record = latest.next();
      if (record.view() != null) {
        return;
      }
      if (record.partition().equals(partition)) {
        latest.remove();
        return;
      }
    }
  }

  /** Whether no record waits. */
  public boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Records that wait, views or not. */
  int records() {
    return waiting.size();
  }

  /** Views that wait. */
  public int views() {
    return views;
  }

  /** When the oldest view came; undefined without views. */
  public long oldestNanos() {
    return oldestNanos;
  }

  /** Up to {@code count} views, oldest first; they keep waiting until {@link #done}. */
  public List<ConsumedView> next(int count) {
    List<ConsumedView> next = new ArrayList<>();
    for (ConsumedView view : waiting) {
      if (view.view() != null && next.size() < count) {
        next.add(view);
      }
    }
    return next;
  }

  /** The first {@code count} views have been trained on. */
  public void done(int count, long nanos) {
    for (int left = count; left > 0; ) {
      ConsumedView view = waiting.remove();
      positions.put(view.partition(), view.offset() + 1);
      if (view.view() != null) {
        left--;
        views--;
      }
    }
    oldestNanos = nanos;
    dropHandled(nanos);
  }

  /** Removes views untrained; returns how many. */
  public int removeIf(Predicate<TrainingExample> filter, long nanos) {
    return skip(view -> filter.test(view.view()), nanos);
  }

  /**
   * Replaces views of an image that wait; all else stays as it is.
   *
   * @param image not 0; also as the one that is mixed in
   * @param change gives the same view where nothing is to be changed
   * @return how many were replaced
   */
  public int update(long image, UnaryOperator<TrainingExample> change) {
    int changed = 0;
    // Once around: each goes to the end.
    for (int left = waiting.size(); left > 0; left--) {
      ConsumedView view = waiting.remove();
      TrainingExample before = view.view();
      boolean shows = before != null && (before.image() == image || before.partner() == image);
      TrainingExample after = shows ? change.apply(before) : before;
      waiting.add(after == before ? view : view.with(after));
      changed += after == before ? 0 : 1;
    }
    return changed;
  }

  /** Removes a view untrained. */
  void skip(ConsumedView one, long nanos) {
    int unused =
        skip(
            view -> view.partition().equals(one.partition()) && view.offset() == one.offset(),
            nanos);
  }

  private int skip(Predicate<ConsumedView> filter, long nanos) {
    int before = views;
    Deque<ConsumedView> kept = new ArrayDeque<>(waiting.size());
    for (ConsumedView view : waiting) {
      boolean leaves = view.view() != null && filter.test(view);
      kept.add(leaves ? ConsumedView.nothing(view.partition(), view.offset()) : view);
      views -= leaves ? 1 : 0;
    }
    waiting.clear();
    waiting.addAll(kept);
    dropHandled(nanos);
    return before - views;
  }

  private void dropHandled(long nanos) {
    while (!waiting.isEmpty() && waiting.peek().view() == null) {
      ConsumedView view = waiting.remove();
      positions.put(view.partition(), view.offset() + 1);
    }
    if (views == 0) {
      oldestNanos = nanos;
    }
  }

  /** By partition, the first offset that has not been handled. */
  public Map<TopicPartition, Long> positions() {
    return Map.copyOf(positions);
  }
}
