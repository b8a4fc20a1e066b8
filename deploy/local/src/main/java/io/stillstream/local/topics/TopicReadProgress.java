package io.stillstream.local.topics;

import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.runtime.lookup.TopicReader;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Progress of reading a topic to its present end, counted in offsets: those that compaction has
 * removed and those of transaction markers count as passed, so that the last record completes it.
 */
public final class TopicReadProgress {
  private final Map<Integer, Long> next;
  private final TaskProgress shown;
  private final long total;
  private long done;

  /**
   * @param from first offset of each partition that is read
   * @param ends offset after the last one of each partition
   */
  TopicReadProgress(Map<Integer, Long> from, Map<Integer, Long> ends, TaskProgress shown) {
    this.next = new HashMap<>(from);
    this.shown = shown;
    this.total =
        ends.entrySet().stream()
            .mapToLong(end -> Math.max(0, end.getValue() - from.getOrDefault(end.getKey(), 0L)))
            .sum();
  }

  /**
   * Of a reading that has not begun.
   *
   * @param offsets where it starts, by partition; where it is missing, at the beginning
   */
  public static TopicReadProgress of(
      TopicReader reader, Map<Integer, Long> offsets, TaskProgress shown) {
    Map<Integer, Long> from = new HashMap<>(reader.beginnings());
    from.putAll(offsets);
    return new TopicReadProgress(from, reader.ends(), shown);
  }

  /** After each record. */
  public void passed(ConsumerRecord<?, ?> record) {
    passed(record.partition(), record.offset());
  }

  void passed(int partition, long offset) {
    Long before = next.put(partition, offset + 1);
    done += before == null ? 1 : Math.max(0, offset + 1 - before);
    shown.update(done, total);
  }
}
