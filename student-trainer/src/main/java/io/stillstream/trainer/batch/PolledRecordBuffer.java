package io.stillstream.trainer.batch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records that have been polled and not been accepted yet, in their order. The consumer's positions
 * are beyond them, so what leaves here without having been accepted would never be read again. For
 * one thread.
 */
public final class PolledRecordBuffer {
  private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();

  /** What is done with one record. */
  public interface RecordHandler {
    /** Whether the record has been accepted; false ends the drain. */
    boolean accept(ConsumerRecord<byte[], byte[]> record) throws InterruptedException;
  }

  public void add(List<ConsumerRecord<byte[], byte[]>> polled) {
    records.addAll(polled);
  }

  public boolean isEmpty() {
    return records.isEmpty();
  }

  public int size() {
    return records.size();
  }

  /**
   * Gives the records to the step, one after the other. One leaves when it has been accepted: where
   * the step returns false or throws, it stays, and so do those behind it, until the next drain.
   */
  public void drain(RecordHandler step) throws InterruptedException {
    while (!records.isEmpty() && step.accept(records.element())) {
      records.remove();
    }
  }
}
