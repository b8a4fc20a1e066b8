package io.stillstream.page.topic;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Follows a topic from near its end, and skips what it cannot show anyway. */
public final class TopicTail {
  private final PageTopicReader reader;
  private final String topic;
  private final long most;
  private final Map<TopicPartition, Long> next = new HashMap<>();

  /**
   * @param most offsets of a partition that are looked at at once: the newest
   */
  public TopicTail(PageTopicReader reader, String topic, long most) {
    this.reader = reader;
    this.topic = topic;
    this.most = most;
  }

  /**
   * What is new.
   *
   * @param ends of at least this topic's partitions
   */
  public List<ConsumerRecord<byte[], byte[]>> records(Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> from = new HashMap<>();
    Map<TopicPartition, Long> to = new HashMap<>();
    ends.forEach(
        (partition, end) -> {
          long start = Math.max(next.getOrDefault(partition, 0L), end - most);
          if (partition.topic().equals(topic) && start < end) {
            from.put(partition, start);
            to.put(partition, end);
          }
        });
    if (from.isEmpty()) {
      return List.of();
    }
    List<ConsumerRecord<byte[], byte[]>> records = reader.read(from, to);
    next.putAll(to);
    return records;
  }
}
