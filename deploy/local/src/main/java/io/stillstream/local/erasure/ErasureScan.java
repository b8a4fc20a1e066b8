package io.stillstream.local.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.values.RecordViews;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** The records of a topic that an image is in. */
public final class ErasureScan {
  private final byte[] key;
  private final String imageId;
  private final Set<TopicPartition> partitions =
      new TreeSet<>(Comparator.comparing(TopicPartition::toString));
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
   * @param mayBeMixed whether there are views among its records, which others may be mixed into
   * @throws CommandFailedException if it cannot be read
   */
  public static ErasureScan of(
      Map<String, String> kafka, String topic, String imageId, boolean mayBeMixed) {
    ErasureScan holding = new ErasureScan(imageId);
    try (TopicReader reader = new TopicReader(kafka, topic);
        RecordValueDeserializer<SpecificRecord> values =
            new RecordValueDeserializer<>(SpecificRecord.class, kafka, new SimpleMeterRegistry())) {
      reader.readAll(record -> holding.look(record, mayBeMixed ? values : null));
    } catch (KafkaException e) {
      // The absent registry, too.
      throw new CommandFailedException(topic + " cannot be looked through: " + e.getMessage(), e);
    }
    return holding;
  }

  private void look(
      ConsumerRecord<byte[], byte[]> record, RecordValueDeserializer<SpecificRecord> values) {
    if (record.value() == null && record.headers().toArray().length == 0) {
      return; // a tombstone
    }
    if (Arrays.equals(key, record.key())) {
      own++;
      partitions.add(new TopicPartition(record.topic(), record.partition()));
    } else if (values != null && isPartner(record, values)) {
      mixed++;
    } else {
      return;
    }
    newestMillis = Math.max(newestMillis, record.timestamp());
  }

  private boolean isPartner(
      ConsumerRecord<byte[], byte[]> record, RecordValueDeserializer<SpecificRecord> values) {
    try {
      SpecificRecord value = values.deserialize(record.topic(), record.headers(), record.value());
      return RecordViews.of(value)
          .map(view -> view.getRecipe().getMix())
          .filter(mix -> mix.getPartnerImageId().equals(imageId))
          .isPresent();
    } catch (BadRecordException e) {
      return false;
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
}
