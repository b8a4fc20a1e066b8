package io.stillstream.local.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.topics.TopicReadProgress;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.RecordLookup;
import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.values.RecordViews;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Finds views in a topic of views or of labelled views. */
final class RecordedViewFinder {
  private final Map<String, String> kafka;
  private final RecordLookup log;
  private final RecordValueDeserializer<SpecificRecord> reader;
  private final TaskProgress progress;

  /**
   * @param progress is told after each record of a topic that is looked through
   */
  RecordedViewFinder(
      Map<String, String> kafka,
      RecordLookup log,
      RecordValueDeserializer<SpecificRecord> reader,
      TaskProgress progress) {
    this.progress = progress;
    this.kafka = kafka;
    this.log = log;
    this.reader = reader;
  }

  /**
   * Hands over what is selected.
   *
   * @param topic an existing topic
   * @return how many there were; records that are no views do not count
   * @throws RecordNotFoundException if the one at an offset is not there
   * @throws StartupException if the one at an offset is no view
   */
  long find(ViewSelection selection, String topic, Consumer<RecordedView> each) {
    if (selection instanceof ViewSelection.ByOffset one) {
      each.accept(at(new RecordCoordinates(topic, one.partition(), one.offset())));
      return 1;
    }
    if (selection instanceof ViewSelection.ByImage image) {
      byte[] key = image.imageId().getBytes(UTF_8);
      return scan(
          topic,
          Long.MAX_VALUE,
          record -> Arrays.equals(record.key(), key),
          view ->
              image.view().isEmpty()
                  || image.view().getAsInt() == view.view().getLineage().getViewIndex(),
          each);
    }
    return scan(topic, ((ViewSelection.All) selection).limit(), record -> true, view -> true, each);
  }

  private RecordedView at(RecordCoordinates at) {
    ConsumerRecord<byte[], byte[]> record = log.fetch(at);
    try {
      return read(record)
          .orElseThrow(() -> new StartupException(at + " is no view, but another record"));
    } catch (BadRecordException e) {
      throw new StartupException(at + " is no view: " + e.getMessage(), e);
    }
  }

  private long scan(
      String topic,
      long limit,
      Predicate<ConsumerRecord<byte[], byte[]>> wanted,
      Predicate<RecordedView> selected,
      Consumer<RecordedView> each) {
    AtomicLong found = new AtomicLong();
    try (TopicReader topicReader = new TopicReader(kafka, topic)) {
      TopicReadProgress passed = TopicReadProgress.of(topicReader, Map.of(), progress);
      topicReader.readWhile(
          Map.of(),
          record -> {
            if (wanted.test(record)) {
              readable(record)
                  .filter(selected)
                  .ifPresent(
                      view -> {
                        found.incrementAndGet();
                        each.accept(view);
                      });
            }
            passed.passed(record);
            return found.get() < limit;
          });
    }
    return found.get();
  }

  private Optional<RecordedView> readable(ConsumerRecord<byte[], byte[]> record) {
    try {
      return read(record);
    } catch (BadRecordException e) {
      return Optional.empty();
    }
  }

  private Optional<RecordedView> read(ConsumerRecord<byte[], byte[]> record) {
    SpecificRecord value = reader.deserialize(record.topic(), record.headers(), record.value());
    RecordCoordinates at = RecordCoordinates.of(record);
    return RecordViews.of(value).map(view -> new RecordedView(at, view));
  }
}
