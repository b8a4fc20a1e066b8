package io.stillstream.trainer.erasure;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads requests for the erasure of images from a compacted topic: the key is the image's {@link
 * ImageIdHash}, a tombstone withdraws the request. Belongs to the loop's thread.
 */
public final class ErasureRequests implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ErasureRequests.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);

  private final StandaloneConsumer consumer;
  private final String topic;
  private final Set<Long> images = new HashSet<>();
  private final Set<TopicPartition> assigned = new HashSet<>();
  private final Map<Integer, Long> positions = new HashMap<>();

  public ErasureRequests(StandaloneConsumer consumer, String topic) {
    this.consumer = consumer;
    this.topic = topic;
  }

  /** One request, with its position in the topic. */
  public record ErasureRequest(int partition, long offset, ImageIdHash image) {}

  /**
   * Reads all requests; none if the topic does not exist.
   *
   * @throws StartupException if it cannot be read
   */
  List<ErasureRequest> readAll() {
    if (!assignPartitions()) {
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .log("Topic does not exist: no image can be erased until it is created");
      return List.of();
    }
    Map<TopicPartition, Long> ends = consumer.ends(assigned);
    List<ErasureRequest> requests = new ArrayList<>();
    long deadline = System.nanoTime() + READ_TIMEOUT.toNanos();
    while (!consumer.hasReached(ends)) {
      if (System.nanoTime() > deadline) {
        throw new StartupException(
            "topics.forgotten: %s could not be read within %d s"
                .formatted(topic, READ_TIMEOUT.toSeconds()));
      }
      requests.addAll(poll(POLL));
    }
    return requests;
  }

  /** New requests, without waiting. */
  List<ErasureRequest> poll() {
    return assigned.isEmpty() ? List.of() : poll(Duration.ZERO);
  }

  /** Assigns new partitions; whether there are any partitions at all. */
  boolean assignPartitions() {
    Set<TopicPartition> added = consumer.newPartitions(topic);
    if (!added.isEmpty()) {
      consumer.assignAlso(consumer.beginnings(added));
      assigned.addAll(added);
    }
    return !assigned.isEmpty();
  }

  private List<ErasureRequest> poll(Duration timeout) {
    List<ErasureRequest> requests = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
      positions.put(record.partition(), record.offset() + 1);
      Optional<ImageIdHash> image = ImageIdHash.parse(record.key());
      if (image.isEmpty()) {
        LOG.atWarn()
            .addKeyValue("partition", record.partition())
            .addKeyValue("offset", record.offset())
            .log("Record is not an erasure request");
      } else if (record.value() == null) {
        images.remove(image.get().number());
        requests.removeIf(request -> request.image().equals(image.get()));
      } else {
        images.add(image.get().number());
        requests.add(new ErasureRequest(record.partition(), record.offset(), image.get()));
      }
    }
    return requests;
  }

  /** Whether there are no requests. */
  boolean isEmpty() {
    return images.isEmpty();
  }

  /** Whether an image in the view is to be erased. */
  boolean contains(TrainingExample view) {
    return images.contains(view.image()) || images.contains(view.partner());
  }

  /** Whether an image is to be erased, by its number. */
  boolean contains(long image) {
    return images.contains(image);
  }

  /** Per partition, the offset after the latest request that was read. */
  Map<Integer, Long> positions() {
    return Map.copyOf(positions);
  }

  @Override
  public void close() {
    consumer.close(Duration.ofSeconds(5));
  }
}
