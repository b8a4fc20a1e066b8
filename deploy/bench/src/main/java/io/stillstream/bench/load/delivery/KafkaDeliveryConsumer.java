package io.stillstream.bench.load.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.bench.load.deployment.TopicNames;
import io.stillstream.bench.load.image.RunId;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.DeadLetterFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;

/**
 * Reads views, labelled views and dead letters as any consumer would, committed records only, and
 * notes when each could be read. It reads keys only, no pixels; it joins no group.
 */
public final class KafkaDeliveryConsumer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicNames topics;
  private final RunId run;
  private final DeliveryTracker tracker;
  private final Thread thread = new Thread(this::read, "arrivals");
  private volatile RuntimeException failure;

  /** Begins at the present ends of the topics. */
  public KafkaDeliveryConsumer(
      Map<String, String> kafka, TopicNames topics, RunId run, DeliveryTracker tracker) {
    this.topics = topics;
    this.run = run;
    this.tracker = tracker;
    consumer =
        KafkaSettings.client(() -> new KafkaConsumer<>(KafkaSettings.consumer(kafka, Map.of())));
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : List.of(topics.views(), topics.labeledViews(), topics.deadLetters())) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Sought lazily: what is sent after this has to be seen.
    partitions.forEach(consumer::position);
    thread.setDaemon(true);
    thread.start();
  }

  /**
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
    if (record.topic().equals(topics.views())) {
      tracker.arrived(DeliveryStage.VIEWED, number, now);
    } else if (record.topic().equals(topics.labeledViews())) {
      tracker.arrived(DeliveryStage.LABELED, number, now);
    } else {
      tracker.rejected(number, reason(record));
    }
  }

  private static String reason(ConsumerRecord<byte[], byte[]> letter) {
    return Stream.ofNullable(letter.headers().lastHeader(DeadLetterFactory.REASON))
        .map(Header::value)
        .map(value -> new String(value, UTF_8))
        .findFirst()
        .orElse("");
  }
}
