package io.stillstream.trainer.review;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, at a start, what of a student's requests is in the topic already: those that were
 * published after the checkpoint from which training continues. Without it a crash, which comes
 * between the delivery and the next checkpoint nearly always, would repeat them.
 */
public final class PublishedRequests {
  private static final Logger LOG = LoggerFactory.getLogger(PublishedRequests.class);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);

  /** By how much the clocks of brokers may differ from this one's. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(5);

  private final StandaloneConsumer consumer;
  private final RecordValueDeserializer<ReviewRequest> reader;
  private final String topic;
  private final String student;

  /** False from the first record on of which the registry does not say what it is. */
  private boolean registryAnswers = true;

  /** Takes a consumer and a deserializer, which stay open. */
  public PublishedRequests(
      StandaloneConsumer consumer,
      RecordValueDeserializer<ReviewRequest> reader,
      String topic,
      String student) {
    this.consumer = consumer;
    this.reader = reader;
    this.topic = topic;
    this.student = student;
  }

  /**
   * Numbers of the images whose requests are in the topic and may not be known to a checkpoint.
   *
   * @throws StartupException if the topic cannot be read in time
   */
  public Set<Long> since(ReviewState state) {
    Instant from =
        Instant.ofEpochMilli(
                state.waiting().stream()
                    .mapToLong(request -> request.getRequestedAt().toEpochMilli())
                    .reduce(state.savedAt(), Math::min))
            .minus(CLOCK_DIFFERENCE);
    Set<Long> images = new LinkedHashSet<>();
    List<TopicPartition> partitions = consumer.partitions(topic);
    Map<TopicPartition, Long> ends = consumer.ends(partitions);
    boolean all =
        consumer.read(
            consumer.offsetsSince(partitions, from),
            ends,
            READ_TIMEOUT,
            record -> {
              if (isOwn(record)) {
                images.add(ImageIdHash.of(new String(record.key(), UTF_8)).number());
              }
              return true;
            });
    if (!all) {
      throw new StartupException(
          "topics.review-requests: %s could not be read within %d s"
              .formatted(topic, READ_TIMEOUT.toSeconds()));
    }
    return images;
  }

  /**
   * A tombstone counts: what it removes had been published. So does a record that cannot be read as
   * the registry is away or does not know its schema: it may be of this student, and a start must
   * not depend on what others write.
   */
  private boolean isOwn(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return false;
    }
    if (record.value() == null || !registryAnswers) {
      return true;
    }
    try {
      return reader
          .deserialize(topic, record.headers(), record.value())
          .getStudent()
          .equals(student);
    } catch (BadRecordException e) {
      // A bad record is no request of this student.
      return false;
    } catch (RegistryUnavailableException e) {
      registryAnswers = false;
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .addKeyValue("cause", e.getMessage())
          .log("Cannot read requests for review: from here on, each counts as one of this student");
      return true;
    }
  }
}
