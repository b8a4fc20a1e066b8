package io.stillstream.schemas.topics;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * The settings that a topic is created with.
 *
 * @param name name of the topic
 * @param valueSchema schema of its values; empty where the values are arbitrary bytes
 * @param partitions number of partitions, at least 1
 * @param cleanup whether old records are deleted by age, or the newest of each key is kept forever
 * @param retention how long records are kept where they are deleted by age
 * @param maxMessageBytes largest record batch that the topic accepts, bytes, at least 1
 */
public record TopicSpec(
    String name,
    Optional<Schema> valueSchema,
    int partitions,
    Cleanup cleanup,
    Duration retention,
    int maxMessageBytes) {

  /** What happens to old records. */
  public enum Cleanup {
    DELETE("delete"),
    COMPACT("compact");

    private final String policy;

    Cleanup(String policy) {
      this.policy = policy;
    }

    /** Value of {@code cleanup.policy}. */
    public String policy() {
      return policy;
    }
  }

  public TopicSpec {
    Objects.requireNonNull(valueSchema, "valueSchema");
    Objects.requireNonNull(cleanup, "cleanup");
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("name must not be empty");
    }
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, was " + partitions);
    }
    if (retention == null || retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException("retention must be positive, was " + retention);
    }
    if (maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          "max-message-bytes must be at least 1, was " + maxMessageBytes);
    }
  }

  /** The same topic with another number of partitions. */
  public TopicSpec withPartitions(int other) {
    return new TopicSpec(name, valueSchema, other, cleanup, retention, maxMessageBytes);
  }

  /** Kafka's topic settings, by Kafka's names. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("cleanup.policy", cleanup.policy());
    settings.put("max.message.bytes", Integer.toString(maxMessageBytes));
    if (cleanup == Cleanup.DELETE) {
      settings.put("retention.ms", Long.toString(retention.toMillis()));
    }
    return settings;
  }
}
