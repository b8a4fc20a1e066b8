package io.stillstream.page.topic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
   * What is new; what does not come in time comes with the next call.
   *
   * @param ends of at least this topic's partitions
   */
  public List<ConsumerRecord<byte[], byte[]>> records(Map<TopicPartition, Long> ends) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    forEach(ends, records::add);
    return records;
  }

  /**
   * The same one by one, for records that are large. Those before an exception come again.
   *
   * @param ends of at least this topic's partitions
   */
  public void forEach(
      Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> records) {
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
      return;
    }
    Map<TopicPartition, Long> reached = new HashMap<>(from);
    boolean whole =
        reader.read(
            from,
            to,
            record -> {
              records.accept(record);
              reached.put(
                  new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
            });
    next.putAll(whole ? to : reached);
  }
}
