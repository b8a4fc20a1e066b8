package io.stillstream.page.review;

import io.stillstream.page.topic.PageTopicReader;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.topic.TopicTail;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.ReviewRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the queue of images to label: from the ends of the topics of requests and of labels, so
 * that it is the same after a restart. For one thread.
 */
public final class ReviewScanner {
  /** As many as the queue holds, each with a mark of its transaction. */
  private static final long MOST_REQUESTS = 2L * ReviewQueue.MOST;

  private static final long MOST_LABELS = 2_000;

  /** Images that are shown at once. */
  private static final int SHOWN = 6;

  private final PageTopicReader topicReader;
  private final RecordValueDeserializer<SpecificRecord> reader;
  private final List<String> topics;
  private final String requestTopic;
  private final TopicTail requests;
  private final TopicTail labels;
  private final ReviewQueue queue = new ReviewQueue();
  private Optional<String> shownFor = Optional.empty();
  private boolean changed;

  public ReviewScanner(
      PageTopicReader topicReader,
      RecordValueDeserializer<SpecificRecord> reader,
      PageTopics topics) {
    this.topicReader = topicReader;
    this.reader = reader;
    this.topics = topics.optionalTopics();
    this.requestTopic = topics.reviewRequests();
    this.requests = new TopicTail(topicReader, topics.reviewRequests(), MOST_REQUESTS);
    this.labels = new TopicTail(topicReader, topics.labels(), MOST_LABELS);
  }

  /**
   * What is to be shown, if it has changed: the first requests, and the ids of all that wait.
   * Empty, too, if there is no topic of requests, or it may not be read.
   *
   * @param student whose requests are shown
   * @throws org.apache.kafka.common.KafkaException if brokers are away, or a topic may not be read;
   *     what was read until then counts
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the registry is away
   */
  public Optional<Map<String, Object>> poll(String student) {
    if (topicReader.partitions(requestTopic).isEmpty()) {
      return Optional.empty();
    }
    Map<TopicPartition, Long> ends = topicReader.ends(topics);
    labels.forEach(ends, this::label);
    requests.forEach(ends, this::request);
    if (!changed && shownFor.equals(Optional.of(student))) {
      return Optional.empty();
    }
    changed = false;
    shownFor = Optional.of(student);
    List<ReviewEntry> entries = queue.entries(student);
    return Optional.of(
        Map.of(
            "requests",
            entries.subList(0, Math.min(SHOWN, entries.size())),
            "waiting",
            entries.stream().map(ReviewEntry::imageId).toList()));
  }

  private void request(ConsumerRecord<byte[], byte[]> record) {
    if (value(record).orElse(null) instanceof ReviewRequest request) {
      changed |= queue.add(request);
    }
  }

  private void label(ConsumerRecord<byte[], byte[]> record) {
    if (value(record).orElse(null) instanceof ImageLabel label
        && (label.getLabel() != null || label.getMask() != null)) {
      changed |= queue.label(label.getImageId());
    }
  }

  private Optional<SpecificRecord> value(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.deserialize(record.topic(), record.headers(), record.value()));
    } catch (BadRecordException e) {
      // Anyone may write to the topic.
      return Optional.empty();
    }
  }
}
