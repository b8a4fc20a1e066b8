package io.stillstream.trainer.batch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records that have been polled and not been accepted yet, in their order. The consumer's positions
 * are beyond them: a record that left without being accepted would be lost. For one thread.
 */
public final class PolledRecordBuffer {
  private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();

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
   * Gives the records to a handler, one after the other. A record leaves when it has been accepted:
   * if the handler returns false or throws, this one and the later ones stay for the next drain.
   */
  public void drain(RecordHandler handler) throws InterruptedException {
    while (!records.isEmpty() && handler.accept(records.element())) {
      records.remove();
    }
  }
}
