package io.stillstream.trainer.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.lookup.ImageLookup;
import io.stillstream.runtime.lookup.RecordLookup;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.utils.Utils;

/**
 * Finds the records of an image in topics. Keys are image ids, so they are in the partition that
 * Kafka's default partitioner gives that key; only where that holds none, others are looked at. For
 * one trace, and one thread.
 */
final class ImageRecordFinder implements AutoCloseable {
  /** Views of an image lie together, but for batches of others between them. */
  private static final long SPAN = 20_000;

  private static final int MOST_LETTERS = 20;

  private final ImageTraceSettings.Search search;
  private final RecordLookup log;
  private final RecordValueDeserializer<SpecificRecord> records;
  private final RecordValueDeserializer<ImageEvent> images;
  private final LongSupplier nanos;
  private final long begun;
  private final Set<String> notes = new LinkedHashSet<>();

  /**
   * @param nanos a clock for durations
   */
  ImageRecordFinder(ImageTraceSettings settings, LongSupplier nanos) {
    Map<String, String> kafka = new TreeMap<>(settings.kafka());
    kafka.keySet().removeIf(key -> key.endsWith("isolation.level"));
    // A client waits for the answer.
    kafka.putIfAbsent("max.retries", "3");
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    search = settings.search();
    log = new RecordLookup(kafka);
    records = new RecordValueDeserializer<>(SpecificRecord.class, kafka, meters);
    images = new RecordValueDeserializer<>(ImageEvent.class, kafka, meters);
    this.nanos = nanos;
    begun = nanos.getAsLong();
  }

  /** What limits what was found. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** The newest record of each view of an image, by index; all of the image's newest origin. */
  NavigableMap<Integer, FoundView> views(String topic, String imageId) {
    NavigableMap<Integer, FoundView> found = new TreeMap<>();
    long[] lowest = {Long.MAX_VALUE};
    Predicate<ConsumerRecord<byte[], byte[]>> ofImage = withKey(imageId);
    lookThrough(
        topic,
        imageId,
        record -> {
          lowest[0] = Math.min(lowest[0], record.offset());
          return ofImage.test(record);
        },
        () -> found.isEmpty() || oldest(found) - lowest[0] < SPAN,
        record -> {
          lowest[0] = found.isEmpty() ? record.offset() : lowest[0];
          view(record).ifPresent(view -> add(view, found));
          return found.isEmpty() || found.size() < found.get(found.firstKey()).count();
        },
        found::isEmpty);
    return found;
  }

  private static long oldest(NavigableMap<Integer, FoundView> found) {
    return found.values().stream().mapToLong(view -> view.at().offset()).min().orElse(0);
  }

  private void add(FoundView view, NavigableMap<Integer, FoundView> found) {
    if (!found.isEmpty() && !found.get(found.firstKey()).origin().equals(view.origin())) {
      notes.add(
          "there are older views of an image of the same id, which stood at " + view.origin());
      return;
    }
    found.putIfAbsent(view.index(), view);
  }

  /** The newest image of this id. */
  Optional<RecordCoordinates> image(String topic, String imageId) {
    List<RecordCoordinates> found = new ArrayList<>();
    lookThrough(
        topic,
        imageId,
        withKey(imageId),
        () -> true,
        record -> {
          found.add(RecordCoordinates.of(record));
          return false;
        },
        found::isEmpty);
    return found.stream().findFirst();
  }

  /**
   * The image at these coordinates.
   *
   * @throws io.stillstream.runtime.lookup.RecordNotFoundException if it is not there
   */
  ImageEvent image(RecordCoordinates at, String imageId) {
    return new ImageLookup(log, images).fetch(at, imageId);
  }

  /** Dead letters with the image's key, or about one of these records, newest first. */
  List<ConsumerRecord<byte[], byte[]>> letters(
      String topic, String imageId, Predicate<ConsumerRecord<byte[], byte[]>> about) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    lookThrough(
        topic,
        imageId,
        withKey(imageId).or(about),
        () -> true,
        record -> {
          found.add(record);
          return found.size() < MOST_LETTERS;
        },
        () -> found.size() < MOST_LETTERS);
    return found;
  }

  /** Labels with the image's key, newest first; none if they may not be read. */
  List<ConsumerRecord<byte[], byte[]>> labels(String topic, String imageId) {
    try {
      return letters(topic, imageId, record -> false);
    } catch (AuthorizationException e) {
      notes.add("labels that came later are not shown: " + e.getMessage());
      return List.of();
    }
  }

  /** What a record holds; empty if that is nothing of ours. */
  Optional<SpecificRecord> read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(records.deserialize(record.topic(), record.headers(), record.value()));
    } catch (BadRecordException e) {
      return Optional.empty();
    }
  }

  private Optional<FoundView> view(ConsumerRecord<byte[], byte[]> record) {
    RecordCoordinates at = RecordCoordinates.of(record);
    return read(record)
        .flatMap(
            value ->
                value instanceof LabeledView labels
                    ? Optional.of(new FoundView(at, record.timestamp(), labels.getView(), labels))
                    : value instanceof AugmentedView view
                        ? Optional.of(new FoundView(at, record.timestamp(), view, null))
                        : Optional.empty());
  }

  private void lookThrough(
      String topic,
      String imageId,
      Predicate<ConsumerRecord<byte[], byte[]>> wanted,
      BooleanSupplier goesOn,
      Predicate<ConsumerRecord<byte[], byte[]>> each,
      BooleanSupplier others) {
    int partitions = log.partitions(topic);
    if (partitions == 0) {
      notes.add("there is no topic " + topic);
      return;
    }
    int first = Utils.toPositive(Utils.murmur2(imageId.getBytes(UTF_8))) % partitions;
    IntStream.concat(
            IntStream.of(first), IntStream.range(0, partitions).filter(other -> other != first))
        .filter(partition -> partition == first || others.getAsBoolean())
        .forEach(
            partition -> {
              // The first chunk is looked at however long others have taken.
              boolean[] started = {false};
              boolean whole =
                  log.newestFirst(
                      new TopicPartition(topic, partition),
                      search.records(),
                      wanted,
                      () -> {
                        boolean more = goesOn.getAsBoolean() && (!started[0] || hasTime());
                        started[0] = true;
                        return more;
                      },
                      each);
              if (!whole && others.getAsBoolean()) {
                notes.add(
                    "only the newest records of %s were searched, up to %d of each partition within %d s"
                        .formatted(topic, search.records(), search.patience().toSeconds()));
              }
            });
  }

  private boolean hasTime() {
    return nanos.getAsLong() - begun < search.patience().toNanos();
  }

  private static Predicate<ConsumerRecord<byte[], byte[]>> withKey(String imageId) {
    byte[] key = imageId.getBytes(UTF_8);
    return record -> Arrays.equals(record.key(), key);
  }

  @Override
  public void close() {
    records.close();
    images.close();
    log.close();
  }
}
