package io.stillstream.local.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.lookup.TopicReader;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Which dead letters have been replayed, by their identity: a compacted topic, written in the
 * transaction that replays them.
 */
public final class ReplayedDeadLetters {
  private final String topic;
  private final Map<String, String> marks = new HashMap<>();

  private ReplayedDeadLetters(String topic) {
    this.topic = topic;
  }

  /**
   * Reads the marks of all transactions that have been committed.
   *
   * @throws CommandFailedException if they cannot be read
   */
  public static ReplayedDeadLetters read(Map<String, String> kafka, String topic) {
    ReplayedDeadLetters read = new ReplayedDeadLetters(topic);
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      reader.readAll(
          record -> {
            String identity = record.key() == null ? "" : new String(record.key(), UTF_8);
            if (record.value() == null) {
              read.marks.remove(identity);
            } else {
              read.marks.put(identity, new String(record.value(), UTF_8));
            }
          });
    } catch (KafkaException e) {
      throw new CommandFailedException(topic + " cannot be read: " + e.getMessage(), e);
    }
    return read;
  }

  /** No marks at all, where there is no such topic. */
  public static ReplayedDeadLetters none() {
    return new ReplayedDeadLetters("");
  }

  /** When and as which dead letter it was replayed; empty if it was not. */
  public Optional<String> of(DeadLetterRecord letter) {
    return letter.identity().map(marks::get);
  }

  /** Marks a dead letter that is about to be replayed, and gives the record that says so. */
  ProducerRecord<byte[], byte[]> mark(DeadLetterRecord letter, Instant now) {
    String identity = letter.identity().orElseThrow();
    String text = now + " " + letter.coordinates();
    marks.put(identity, text);
    return new ProducerRecord<>(topic, identity.getBytes(UTF_8), text.getBytes(UTF_8));
  }
}
