package io.stillstream.labeler.batching;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Gathers items, first in, first out, into batches that close when they are full or when their
 * oldest item has waited long enough. Belongs to one thread.
 */
public final class DynamicBatcher<T> {
  private final int maxSize;
  private final long maxDelayNanos;
  private final LongSupplier nanoTime;
  private final Deque<QueuedItem<T>> waiting = new ArrayDeque<>();

  /**
   * @param maxSize at least 1
   * @param maxDelay zero closes a batch as soon as there is anything in it
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public DynamicBatcher(int maxSize, Duration maxDelay, LongSupplier nanoTime) {
    if (maxSize < 1) {
      throw new IllegalArgumentException("max-size must be at least 1, was " + maxSize);
    }
    if (maxDelay.isNegative()) {
      throw new IllegalArgumentException("max-delay must not be negative, was " + maxDelay);
    }
    this.maxSize = maxSize;
    this.maxDelayNanos = maxDelay.toNanos();
    this.nanoTime = nanoTime;
  }

  public void add(T item) {
    waiting.add(new QueuedItem<>(item, nanoTime.getAsLong()));
  }

  /** Items that wait. It may exceed the maximal size: whoever adds decides when to stop. */
  public int pending() {
    return waiting.size();
  }

  /** Whether a full batch waits, so that nothing more needs to be fetched. */
  public boolean isFull() {
    return waiting.size() >= maxSize;
  }

  /** How long until {@link #next} has a batch: zero if it has one, empty if nothing waits. */
  public Optional<Duration> untilNext() {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    long age = nanoTime.getAsLong() - waiting.peekFirst().since();
    return Optional.of(
        isFull() ? Duration.ZERO : Duration.ofNanos(Math.max(0, maxDelayNanos - age)));
  }

  /** The next batch, if one is full or overdue. */
  public Optional<InferenceBatch<T>> next() {
    if (isFull()) {
      return Optional.of(take(InferenceBatch.CloseReason.FULL));
    }
    return untilNext().filter(Duration::isZero).map(due -> take(InferenceBatch.CloseReason.DELAY));
  }

  /** The next batch whether or not it is due, for the end; empty when nothing waits. */
  public Optional<InferenceBatch<T>> drain() {
    return waiting.isEmpty()
        ? Optional.empty()
        : Optional.of(take(InferenceBatch.CloseReason.DRAIN));
  }

  /** Forgets waiting items, because someone else will see to them. */
  public void discardIf(Predicate<T> unwanted) {
    waiting.removeIf(entry -> unwanted.test(entry.item()));
  }

  private InferenceBatch<T> take(InferenceBatch.CloseReason reason) {
    List<T> items = new ArrayList<>(Math.min(maxSize, waiting.size()));
    while (items.size() < maxSize && !waiting.isEmpty()) {
      items.add(waiting.removeFirst().item());
    }
    return new InferenceBatch<>(items, reason);
  }

  private record QueuedItem<T>(T item, long since) {}
}
