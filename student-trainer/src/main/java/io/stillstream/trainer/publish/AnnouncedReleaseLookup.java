package io.stillstream.trainer.publish;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentRelease;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether a release is what the topic names last, so that a start after a crash does not send
 * it once more. Where the topic cannot be read, as without the privilege, it says no: the event is
 * sent, and may be there twice.
 */
public final class AnnouncedReleaseLookup {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncedReleaseLookup.class);

  private final Map<String, String> kafka;
  private final String topic;

  /**
   * @param kafka settings of the client
   */
  public AnnouncedReleaseLookup(Map<String, String> kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
  }

  /** Whether the last event of the student is of this version with these weights. Waits. */
  public boolean isLatest(StudentRelease release) {
    AtomicReference<StudentRelease> latest = new AtomicReference<>();
    try (TopicReader reader = new TopicReader(kafka, topic);
        RecordValueDeserializer<StudentRelease> values =
            new RecordValueDeserializer<>(StudentRelease.class, kafka, new SimpleMeterRegistry())) {
      reader.readAll(
          record -> {
            if (record.value() != null) {
              StudentRelease each = values.deserialize(topic, record.headers(), record.value());
              if (each.getStudent().equals(release.getStudent())) {
                latest.set(each);
              }
            }
          });
    } catch (KafkaException | BadRecordException e) {
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("reason", e.getMessage())
          .log("The topic cannot be read; the event of a promotion may be sent a second time");
      return false;
    }
    StudentRelease last = latest.get();
    return last != null
        && last.getVersion() == release.getVersion()
        && last.getSha256().equals(release.getSha256());
  }
}
