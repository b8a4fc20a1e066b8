package io.stillstream.local.deadletter;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.topics.TopicReadProgress;
import io.stillstream.runtime.lookup.TopicReader;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/** The topic of dead letters, as it is when it is read. */
public final class DeadLetterReader {
  private final Map<String, String> kafka;
  private final String topic;

  /**
   * @param kafka settings of the client
   */
  public DeadLetterReader(Map<String, String> kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
  }

  /**
   * Passes on the selected dead letters, oldest first in each partition.
   *
   * @param limit most of them
   * @param progress is told after each record of the topic
   * @return how many there were
   * @throws CommandFailedException if they cannot be read
   */
  public long read(
      DeadLetterFilter filter, long limit, TaskProgress progress, Consumer<DeadLetterRecord> each) {
    AtomicLong found = new AtomicLong();
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      TopicReadProgress passed = TopicReadProgress.of(reader, Map.of(), progress);
      reader.readWhile(
          Map.of(),
          record -> {
            DeadLetterRecord letter = new DeadLetterRecord(record);
            if (filter.test(letter) && found.get() < limit) {
              found.incrementAndGet();
              each.accept(letter);
            }
            passed.passed(record);
            return found.get() < limit;
          });
    } catch (KafkaException e) {
      throw new CommandFailedException(topic + " cannot be read: " + e.getMessage(), e);
    }
    return found.get();
  }
}
