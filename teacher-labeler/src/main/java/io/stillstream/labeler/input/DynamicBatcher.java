package io.stillstream.labeler.input;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Gathers records, first in, first out, into batches that close when they are full or when their
 * oldest record has waited long enough. Belongs to one thread.
 */
public final class DynamicBatcher {
  private final int maxSize;
  private final long maxDelayNanos;
  private final LongSupplier nanoTime;
  private final Deque<ConsumedRecord> waiting = new ArrayDeque<>();

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

  /** Adds a record. The caller decides when to stop: more than the maximal size may wait. */
  void add(ConsumerRecord<byte[], byte[]> record, long epoch) {
    waiting.add(new ConsumedRecord(record, epoch, nanoTime.getAsLong()));
  }

  /** Records that wait. */
  int pending() {
    return waiting.size();
  }

  /** Whether a full batch waits, so that nothing more needs to be fetched. */
  boolean isFull() {
    return waiting.size() >= maxSize;
  }

  /** How long until {@link #next} has a batch: zero if it has one, empty if nothing waits. */
  Optional<Duration> untilNext() {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    long age = nanoTime.getAsLong() - waiting.peekFirst().receivedAt();
    return Optional.of(
        isFull() ? Duration.ZERO : Duration.ofNanos(Math.max(0, maxDelayNanos - age)));
  }

  /** The next batch if one is full or overdue, otherwise nothing; in the order of arrival. */
  List<ConsumedRecord> next() {
    return untilNext().filter(Duration::isZero).isPresent() ? drain() : List.of();
  }

  /** The next batch whether or not it is due; nothing when nothing waits. */
  List<ConsumedRecord> drain() {
    List<ConsumedRecord> batch = new ArrayList<>(Math.min(maxSize, waiting.size()));
    while (batch.size() < maxSize && !waiting.isEmpty()) {
      batch.add(waiting.removeFirst());
    }
    return batch;
  }

  /** Drops waiting records. */
  void discardIf(Predicate<ConsumedRecord> unwanted) {
    waiting.removeIf(unwanted);
  }
}
