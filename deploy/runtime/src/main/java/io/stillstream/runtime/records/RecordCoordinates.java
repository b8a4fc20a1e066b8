package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Where a record stands, or stood first if it has been replayed from dead letters. */
public record RecordCoordinates(String topic, int partition, long offset) {
  static final String ORIGIN_TOPIC = "stillstream.origin.topic";
  static final String ORIGIN_PARTITION = "stillstream.origin.partition";
  static final String ORIGIN_OFFSET = "stillstream.origin.offset";

  /** What a topic can be called; a longer text might not fit into the records that name it. */
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  public RecordCoordinates {
    Objects.requireNonNull(topic, "topic");
  }

  /** Where the record stands. */
  public static RecordCoordinates of(ConsumerRecord<?, ?> record) {
    return new RecordCoordinates(record.topic(), record.partition(), record.offset());
  }

  /**
   * The origin that the headers name, or these coordinates if they name none. An origin that is
   * incomplete or unreadable counts as none: anyone can write headers.
   */
  public RecordCoordinates origin(Headers headers) {
    String topic = text(headers, ORIGIN_TOPIC);
    String partition = text(headers, ORIGIN_PARTITION);
    String offset = text(headers, ORIGIN_OFFSET);
    if (topic == null || partition == null || offset == null || !TOPIC.matcher(topic).matches()) {
      return this;
    }
    try {
      RecordCoordinates origin =
          new RecordCoordinates(topic, Integer.parseInt(partition), Long.parseLong(offset));
      return origin.partition < 0 || origin.offset < 0 ? this : origin;
    } catch (NumberFormatException e) {
      return this;
    }
  }

  /** Marks a record that is being replayed as one that stood here first. */
  public void writeOrigin(Headers headers) {
    put(headers, ORIGIN_TOPIC, topic);
    put(headers, ORIGIN_PARTITION, Integer.toString(partition));
    put(headers, ORIGIN_OFFSET, Long.toString(offset));
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }

  private static void put(Headers headers, String key, String value) {
    headers.remove(key).add(key, value.getBytes(UTF_8));
  }

  private static String text(Headers headers, String key) {
    Header header = headers.lastHeader(key);
    return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
  }
}
