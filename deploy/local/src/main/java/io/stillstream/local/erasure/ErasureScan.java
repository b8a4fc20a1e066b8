package io.stillstream.local.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.topics.TopicReadProgress;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.RecordViews;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** The records of a topic that an image is in. */
public final class ErasureScan {
  /** Topics that may hold an image, by their default names, in the order of reports. */
  public static final List<String> TOPICS =
      List.of(
          Topics.IMAGES,
          Topics.VIEWS,
          Topics.LABELED_VIEWS,
          Topics.LABELS,
          Topics.REVIEW_REQUESTS,
          Topics.DEAD_LETTERS);

  /** Those whose records may be views, which another image may be mixed into. */
  private static final Set<String> MIXED =
      Set.of(Topics.VIEWS, Topics.LABELED_VIEWS, Topics.DEAD_LETTERS);

  private final byte[] key;
  private final String imageId;
  private final Set<TopicPartition> partitions =
      new TreeSet<>(Comparator.comparing(TopicPartition::toString));
  private final Map<String, Set<String>> objects = new TreeMap<>();
  private long own;
  private long mixed;
  private long newestMillis;

  private ErasureScan(String imageId) {
    this.imageId = imageId;
    this.key = imageId.getBytes(UTF_8);
  }

  /**
   * Reads a whole topic.
   *
   * @param defaultName of the topic
   * @param topic its name
   * @param progress is told after each record
   * @throws CommandFailedException if it cannot be read
   */
  public static ErasureScan of(
      Map<String, String> kafka,
      String defaultName,
      String topic,
      String imageId,
      TaskProgress progress) {
    ErasureScan holding = new ErasureScan(imageId);
    boolean mayBeMixed = MIXED.contains(defaultName);
    try (TopicReader reader = new TopicReader(kafka, topic);
        RecordValueDeserializer<SpecificRecord> values =
            new RecordValueDeserializer<>(SpecificRecord.class, kafka, new SimpleMeterRegistry())) {
      TopicReadProgress passed = TopicReadProgress.of(reader, Map.of(), progress);
      reader.readAll(
          record -> {
            holding.look(record, values, mayBeMixed);
            passed.passed(record);
          });
    } catch (KafkaException e) {
      // The absent registry, too.
      throw new CommandFailedException(topic + " cannot be looked through: " + e.getMessage(), e);
    }
    return holding;
  }

  private void look(
      ConsumerRecord<byte[], byte[]> record,
      RecordValueDeserializer<SpecificRecord> values,
      boolean mayBeMixed) {
    if (record.value() == null && record.headers().toArray().length == 0) {
      return; // a tombstone
    }
    if (Arrays.equals(key, record.key())) {
      own++;
      partitions.add(new TopicPartition(record.topic(), record.partition()));
      read(record, values).ifPresent(this::address);
    } else if (mayBeMixed && read(record, values).filter(this::isPartner).isPresent()) {
      mixed++;
    } else {
      return;
    }
    newestMillis = Math.max(newestMillis, record.timestamp());
  }

  private boolean isPartner(SpecificRecord value) {
    return RecordViews.of(value)
        .map(view -> view.getRecipe().getMix())
        .filter(mix -> mix.getPartnerImageId().equals(imageId))
        .isPresent();
  }

  private void address(SpecificRecord value) {
    if (value instanceof ImageEvent event) {
      address(event.getPayloadUri(), event.getPayloadSha256());
    } else if (value instanceof ReviewRequest request) {
      address(request.getPayloadUri(), null);
    } else {
      RecordViews.of(value)
          .map(AugmentedView::getLineage)
          .ifPresent(view -> address(view.getPayloadUri(), view.getPayloadSha256()));
    }
  }

  private void address(String uri, String sha256) {
    if (uri != null) {
      Set<String> known = objects.computeIfAbsent(uri, unused -> new TreeSet<>());
      if (sha256 != null) {
        known.add(sha256.toLowerCase(Locale.ROOT));
      }
    }
  }

  private static Optional<SpecificRecord> read(
      ConsumerRecord<byte[], byte[]> record, RecordValueDeserializer<SpecificRecord> values) {
    try {
      return Optional.of(values.deserialize(record.topic(), record.headers(), record.value()));
    } catch (BadRecordException e) {
      return Optional.empty();
    }
  }

  /** Records with the image's key. */
  public long own() {
    return own;
  }

  /** Views of other images that it is mixed into. */
  public long mixed() {
    return mixed;
  }

  /** When the newest of all of them was written. */
  public long newestMillis() {
    return newestMillis;
  }

  /** Where those with the image's key are. */
  public Set<TopicPartition> partitions() {
    return Set.copyOf(partitions);
  }

  /**
   * Adds where it is, if it is by reference.
   *
   * @param all by address, every SHA-256 that records have for it
   */
  public void addObjectsTo(Map<String, Set<String>> all) {
    objects.forEach(
        (uri, sha256) -> all.computeIfAbsent(uri, unused -> new TreeSet<>()).addAll(sha256));
  }
}
