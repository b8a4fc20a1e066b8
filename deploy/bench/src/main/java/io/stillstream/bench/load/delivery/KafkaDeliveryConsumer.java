package io.stillstream.bench.load.delivery;

import io.stillstream.bench.load.image.RunId;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Reads views, labelled views and dead letters, committed records only, and notes when each could
 * be read. It looks at keys and does not decode values.
 */
public final class KafkaDeliveryConsumer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final StandaloneConsumer consumer;
  private final RunId run;
  private final DeliveryTracker tracker;
  private final Thread thread = new Thread(this::read, "arrivals");
  private volatile RuntimeException failure;

  /** Begins at the present ends of the topics. */
  public KafkaDeliveryConsumer(Map<String, String> kafka, RunId run, DeliveryTracker tracker) {
    this.run = run;
    this.tracker = tracker;
    consumer = StandaloneConsumer.open(kafka);
    List<TopicPartition> partitions =
        Stream.of(Topics.VIEWS, Topics.LABELED_VIEWS, Topics.DEAD_LETTERS)
            .flatMap(topic -> consumer.partitions(topic).stream())
            .toList();
    // The ends of now: what is sent after this has to be seen.
    consumer.assign(consumer.ends(partitions));
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Checks that the reading thread has not failed.
   *
   * @throws IllegalStateException if it cannot read any more
   */
  public void requireHealthy() {
    if (failure != null) {
      throw new IllegalStateException("the topics cannot be read any more", failure);
    }
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          long now = System.currentTimeMillis();
          run.number(record.key()).ifPresent(number -> note(record, number, now));
        }
      }
    } catch (WakeupException e) {
      // It is closed.
      return;
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void note(ConsumerRecord<byte[], byte[]> record, long number, long now) {
    if (record.topic().equals(Topics.VIEWS)) {
      tracker.arrived(DeliveryStage.VIEWED, number, now);
    } else if (record.topic().equals(Topics.LABELED_VIEWS)) {
      tracker.arrived(DeliveryStage.LABELED, number, now);
    } else {
      tracker.rejected(number, DeadLetter.of(record).reason());
    }
  }
}
