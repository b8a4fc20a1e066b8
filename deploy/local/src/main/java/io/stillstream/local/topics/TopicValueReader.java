package io.stillstream.local.topics;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The values of a topic, as far as they can be read. */
public final class TopicValueReader {
  private TopicValueReader() {}

  /**
   * Hands over the value of every record that a topic holds by now. One that cannot be read is only
   * counted: the service that meets it puts it into dead letters.
   *
   * @return the number of records
   */
  public static <T> long readAll(
      Map<String, String> clients,
      MeterRegistry meters,
      String topic,
      Class<T> type,
      Consumer<T> each) {
    AtomicLong records = new AtomicLong();
    try (TopicReader reader = new TopicReader(clients, topic);
        RecordValueDeserializer<T> values = new RecordValueDeserializer<>(type, clients, meters)) {
      reader.readAll(
          record -> {
            records.incrementAndGet();
            T value;
            try {
              value = values.deserialize(topic, record.headers(), record.value());
            } catch (BadRecordException e) {
              return;
            }
            each.accept(value);
          });
    }
    return records.get();
  }
}
