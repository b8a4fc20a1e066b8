package io.stillstream.local.demo.pipeline;

import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Follows the topic of dead letters from its beginning, and counts those of the demo's own images.
 */
public final class DeadLetterCounter implements AutoCloseable {
  private final String ownPrefix;
  private final StandaloneConsumer consumer;
  private final AtomicLong ownImages = new AtomicLong();
  private final AtomicLong ownViews = new AtomicLong();

  /**
   * @param ownPrefix beginning of the keys of the demo's images
   */
  public DeadLetterCounter(Map<String, String> clients, String ownPrefix) {
    this.ownPrefix = ownPrefix;
    this.consumer = StandaloneConsumer.open(clients);
    consumer.assign(consumer.beginnings(consumer.partitions(Topics.DEAD_LETTERS)));
  }

  /** Takes in what has come; always from the same thread. */
  public void poll(Duration patience) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
      DeadLetter letter = DeadLetter.of(record);
      if (letter.imageId().orElse("").startsWith(ownPrefix)) {
        letter
            .source()
            .map(source -> source.topic().equals(Topics.IMAGES) ? ownImages : ownViews)
            .ifPresent(AtomicLong::incrementAndGet);
      }
    }
  }

  /** Images that never became views. */
  long ownImages() {
    return ownImages.get();
  }

  /** Views that were not trained on. */
  long ownViews() {
    return ownViews.get();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
