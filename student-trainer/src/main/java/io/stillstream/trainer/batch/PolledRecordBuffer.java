package io.stillstream.trainer.batch;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Records that have been polled and not been accepted yet, in their order. The consumer's positions
 * are beyond them: a record that left without being accepted would be lost. For one thread.
 *
 * @param <T> a record
 */
public final class PolledRecordBuffer<T> {
  private final Deque<T> records = new ArrayDeque<>();

  public interface RecordHandler<T> {
    /** Whether the record has been accepted; false ends the drain. */
    boolean accept(T record) throws InterruptedException;
  }

  public void add(List<T> polled) {
    records.addAll(polled);
  }

  public boolean isEmpty() {
    return records.isEmpty();
  }

  public int size() {
    return records.size();
  }

  /** The records in their order, which stay. */
  public Iterable<T> peek() {
    return Collections.unmodifiableCollection(records);
  }

  /**
   * Gives the records to a handler, one after the other. A record leaves when it has been accepted:
   * if the handler returns false or throws, this one and the later ones stay for the next drain.
   */
  public void drain(RecordHandler<? super T> handler) throws InterruptedException {
    while (!records.isEmpty() && handler.accept(records.element())) {
      records.remove();
    }
  }
}
