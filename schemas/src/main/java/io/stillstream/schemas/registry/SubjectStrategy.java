package io.stillstream.schemas.registry;

import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;

/** The subject under which a schema is registered. */
public enum SubjectStrategy {
  /** {@code topic-key} or {@code topic-value}. */
  TOPIC_NAME("TopicNameStrategy") {
    @Override
    public String subject(String topic, boolean isKey, Schema schema) {
      return topic + (isKey ? "-key" : "-value");
    }
  },
  /** The full name of the record. */
  RECORD_NAME("RecordNameStrategy") {
    @Override
    public String subject(String topic, boolean isKey, Schema schema) {
      return recordName(topic, schema);
    }
  },
  /** Topic, hyphen, full name of the record. */
  TOPIC_RECORD_NAME("TopicRecordNameStrategy") {
    @Override
    public String subject(String topic, boolean isKey, Schema schema) {
      return topic + "-" + recordName(topic, schema);
    }
  };

  private static final String PACKAGE = "io.confluent.kafka.serializers.subject.";

  private final String className;

  SubjectStrategy(String className) {
    this.className = PACKAGE + className;
  }

  /**
   * The subject of a schema on a topic.
   *
   * @throws SerializationException when the strategy needs a record and the schema is none
   */
  public abstract String subject(String topic, boolean isKey, Schema schema);

  /** Whether the subject depends on the schema, so that a reader cannot know it beforehand. */
  public boolean usesSchema() {
    return this != TOPIC_NAME;
  }

  /** The strategy of one of Confluent's class names; TopicName if there is none. */
  static SubjectStrategy of(String key, String value) {
    if (value.isEmpty()) {
      return TOPIC_NAME;
    }
    for (SubjectStrategy strategy : values()) {
      if (strategy.className.equals(value)) {
        return strategy;
      }
    }
    throw new ConfigException(
        key,
        value,
        "must be TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy of " + PACKAGE);
  }

  private static String recordName(String topic, Schema schema) {
    if (schema.getType() != Schema.Type.RECORD) {
      throw new SerializationException(
          "Topic "
              + topic
              + ": the subject strategy needs a record, was "
              + schema.getType().getName());
    }
    return schema.getFullName();
  }
}
