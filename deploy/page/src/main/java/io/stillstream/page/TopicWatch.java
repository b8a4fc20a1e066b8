package io.stillstream.page;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.RecordValueDeserializer;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.wire.RegistryUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What the page sees of the topics. For one thread; every method throws {@link
 * org.apache.kafka.common.KafkaException} when brokers or registry are away.
 */
final class TopicWatch implements AutoCloseable {
  private static final long MOST_EVENTS = 400;

  /** Each may bring a mark of its transaction with it. */
  private static final long MOST_LETTERS = 2L * Letters.MOST;

  private final PageTopics topics;
  private final String student;
  private final TopicWindow window;
  private final RecordValueDeserializer<SpecificRecord> reader;
  private final Tail events;
  private final Tail deadLetters;
  private final Letters letters = new Letters();
  private final Sampler sampler;

  private TopicWatch(
      PageTopics topics,
      Training training,
      TopicWindow window,
      RecordValueDeserializer<SpecificRecord> reader) {
    this.topics = topics;
    this.student = training.student();
    this.window = window;
    this.reader = reader;
    this.events = new Tail(window, topics.studentEvents(), MOST_EVENTS);
    this.deadLetters = new Tail(window, topics.deadLetters(), MOST_LETTERS);
    this.sampler = new Sampler(window, reader, topics, training);
  }

  static TopicWatch open(Map<String, String> kafka, PageTopics topics, Training training) {
    TopicWindow window = TopicWindow.open(kafka);
    try {
      // With meters of its own: nobody is to be alarmed because a page finds no registry.
      return new TopicWatch(
          topics,
          training,
          window,
          new RecordValueDeserializer<>(SpecificRecord.class, kafka, new SimpleMeterRegistry()));
    } catch (RuntimeException e) {
      window.close();
      throw e;
    }
  }

  /** Where all topics end that the page looks at. */
  Map<TopicPartition, Long> ends() {
    return window.ends(
        Stream.of(
                topics.images(),
                topics.views(),
                topics.labeledViews(),
                topics.source(),
                topics.deadLetters(),
                topics.studentEvents())
            .toList());
  }

  /** What happened to this student since the last call, as far as it is marked. */
  List<Marker> markers(Map<TopicPartition, Long> ends) {
    List<Marker> markers = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : events.records(ends)) {
      if (read(record) instanceof StudentEvent event
          && event.getStudent().equals(student)
          // The release that passed is marked itself.
          && event.getKind() != StudentEventKind.GATE_PASSED) {
        markers.add(Marker.of(event));
      }
    }
    return markers;
  }

  private SpecificRecord read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return reader.read(record.topic(), record.headers(), record.value());
    } catch (BadRecordException | RegistryUnavailableException e) {
      return null;
    }
  }

  /** Whether there are new dead letters. */
  boolean lookForLetters(Map<TopicPartition, Long> ends) {
    List<ConsumerRecord<byte[], byte[]>> records = deadLetters.records(ends);
    records.forEach(record -> letters.add(Letter.of(record, reader)));
    return !records.isEmpty();
  }

  /** Newest first. */
  List<Letter> letters() {
    return letters.all();
  }

  Sampler sampler() {
    return sampler;
  }

  @Override
  public void close() {
    reader.close();
    window.close();
  }
}
