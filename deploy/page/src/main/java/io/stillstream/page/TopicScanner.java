package io.stillstream.page;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.page.deadletter.DeadLetterEntry;
import io.stillstream.page.deadletter.RecentDeadLetters;
import io.stillstream.page.image.ImageSampler;
import io.stillstream.page.progress.CurveMarker;
import io.stillstream.page.review.ReviewScanner;
import io.stillstream.page.topic.PageTopicReader;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.topic.TopicTail;
import io.stillstream.page.trainer.TrainerClient;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What the page sees of the topics. For one thread; every method throws {@link
 * org.apache.kafka.common.KafkaException} when brokers or registry are away.
 */
final class TopicScanner implements AutoCloseable {
  private static final long MOST_EVENTS = 400;

  /** Each may bring a mark of its transaction with it. */
  private static final long MOST_LETTERS = 2L * RecentDeadLetters.MOST;

  private final PageTopics topics;
  private final PageTopicReader topicReader;
  private final RecordValueDeserializer<SpecificRecord> reader;
  private final TopicTail events;
  private final TopicTail deadLetters;
  private final RecentDeadLetters letters = new RecentDeadLetters();
  private final ImageSampler sampler;
  private final ReviewScanner reviews;

  private TopicScanner(
      PageTopics topics,
      PageTopicReader topicReader,
      RecordValueDeserializer<SpecificRecord> reader,
      TrainerClient trainer) {
    this.topics = topics;
    this.topicReader = topicReader;
    this.reader = reader;
    this.events = new TopicTail(topicReader, topics.studentEvents(), MOST_EVENTS);
    this.deadLetters = new TopicTail(topicReader, topics.deadLetters(), MOST_LETTERS);
    this.sampler = new ImageSampler(topicReader, reader, topics, trainer);
    this.reviews = new ReviewScanner(topicReader, reader, topics);
  }

  static TopicScanner open(PageConfig config, TrainerClient trainer) {
    PageTopicReader topicReader = PageTopicReader.open(config.kafka());
    try {
      // With meters of its own: a page that finds no registry must not raise an alert.
      return new TopicScanner(
          config.topics(),
          topicReader,
          new RecordValueDeserializer<>(
              SpecificRecord.class, config.kafka(), new SimpleMeterRegistry()),
          trainer);
    } catch (RuntimeException e) {
      topicReader.close();
      throw e;
    }
  }

  /** Where all topics end that the page needs. */
  Map<TopicPartition, Long> ends() {
    return topicReader.ends(topics.readTopics());
  }

  /** What happened to a student since the last call, as far as it is marked. */
  List<CurveMarker> markers(Map<TopicPartition, Long> ends, String student) {
    List<CurveMarker> markers = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : events.records(ends)) {
      if (read(record) instanceof StudentEvent event
          && event.getStudent().equals(student)
          // The release that passed is marked itself.
          && event.getKind() != StudentEventKind.GATE_PASSED) {
        markers.add(CurveMarker.of(event));
      }
    }
    return markers;
  }

  private SpecificRecord read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return reader.deserialize(record.topic(), record.headers(), record.value());
    } catch (BadRecordException | RegistryUnavailableException e) {
      return null;
    }
  }

  /** Whether there are new dead letters. */
  boolean pollDeadLetters(Map<TopicPartition, Long> ends) {
    List<ConsumerRecord<byte[], byte[]>> records = deadLetters.records(ends);
    records.forEach(record -> letters.add(DeadLetterEntry.of(record, reader)));
    return !records.isEmpty();
  }

  /** Newest first. */
  List<DeadLetterEntry> deadLetters() {
    return letters.all();
  }

  ImageSampler sampler() {
    return sampler;
  }

  ReviewScanner reviews() {
    return reviews;
  }

  @Override
  public void close() {
    reader.close();
    topicReader.close();
  }
}
