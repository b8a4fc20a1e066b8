package io.stillstream.trainer.publish;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentRelease;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether a release is what the topic names last, so that a start after a crash does not send
 * it once more. Where the topic cannot be read in time, as without the privilege, it says no: the
 * event is sent, and may be there twice.
 */
public final class AnnouncedReleaseLookup {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncedReleaseLookup.class);

  /** The loop waits for it, and is not to count as stalled. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

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
    try (StandaloneConsumer consumer =
            StandaloneConsumer.open(ClientIds.forUse(kafka, "releases"));
        RecordValueDeserializer<StudentRelease> values =
            new RecordValueDeserializer<>(StudentRelease.class, kafka, new SimpleMeterRegistry())) {
      List<TopicPartition> partitions = consumer.partitions(topic);
      boolean isWhole =
          consumer.read(
              consumer.beginnings(partitions),
              consumer.ends(partitions),
              LIMIT,
              record -> {
                value(record, values)
                    .filter(each -> each.getStudent().equals(release.getStudent()))
                    .ifPresent(latest::set);
                return true;
              });
      if (!isWhole) {
        unknown("it was not read within " + LIMIT.toSeconds() + " s");
        return false;
      }
    } catch (KafkaException e) {
      unknown(e.getMessage());
      return false;
    }
    StudentRelease last = latest.get();
    return last != null
        && last.getVersion() == release.getVersion()
        && last.getSha256().equals(release.getSha256());
  }

  /** Empty for a tombstone, and for a record that no trainer has written. */
  private Optional<StudentRelease> value(
      ConsumerRecord<byte[], byte[]> record, RecordValueDeserializer<StudentRelease> values) {
    try {
      return record.value() == null
          ? Optional.empty()
          : Optional.of(values.deserialize(topic, record.headers(), record.value()));
    } catch (BadRecordException e) {
      return Optional.empty();
    }
  }

  private void unknown(String reason) {
    LOG.atWarn()
        .addKeyValue("topic", topic)
        .addKeyValue("reason", reason)
        .log("The topic cannot be read; the event of a promotion may be sent a second time");
  }
}
