package io.stillstream.trainer.trace;

import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.image.PngDataUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The dead letters of an image and of its views. */
final class DeadLetterLookup {
  private static final int LONGEST = 1_000;
  private static final PngDataUrl PICTURES = new PngDataUrl(96, PixelCodec.MAX_PIXELS);

  private final List<DeadLetter> read = new ArrayList<>();
  private final List<ImageTrace.DeadLetterInfo> infos = new ArrayList<>();

  private DeadLetterLookup() {}

  /**
   * @param records where the image and its views stand: a dead letter by reference may have no key
   */
  static DeadLetterLookup find(
      ImageRecordFinder finder, String topic, String imageId, Set<RecordCoordinates> records) {
    DeadLetterLookup letters = new DeadLetterLookup();
    finder
        .letters(
            topic,
            imageId,
            record ->
                record.key() == null
                    && DeadLetter.of(record).source().filter(records::contains).isPresent())
        .forEach(record -> letters.add(record, finder));
    return letters;
  }

  private void add(ConsumerRecord<byte[], byte[]> record, ImageRecordFinder finder) {
    DeadLetter letter = DeadLetter.of(record);
    read.add(letter);
    infos.add(
        new ImageTrace.DeadLetterInfo(
            letter.time(),
            letter.service(),
            letter.stage(),
            letter.reason(),
            letter.message().substring(0, Math.min(LONGEST, letter.message().length())),
            letter.source().map(RecordCoordinates::topic).orElse(null),
            letter.source().map(RecordCoordinates::partition).orElse(null),
            letter.source().map(RecordCoordinates::offset).orElse(null),
            letter.imageId().orElse(null),
            record.value() == null
                ? null
                : finder.read(record).flatMap(PICTURES::ofRecord).orElse(null)));
  }

  /** As the trace shows them, newest first. */
  List<ImageTrace.DeadLetterInfo> infos() {
    return List.copyOf(infos);
  }

  /** Why the record at these coordinates went to dead letters, if it did. */
  Optional<String> about(RecordCoordinates record) {
    return read.stream()
        .filter(letter -> letter.source().filter(record::equals).isPresent())
        .findFirst()
        .map(
            letter ->
                "sent to dead letters by %s, %s: %s"
                    .formatted(letter.service(), letter.reason(), letter.message()));
  }

  /** Where an image of this topic stood that never became views. */
  Optional<RecordCoordinates> image(String topic) {
    return read.stream()
        .flatMap(letter -> letter.origin().stream())
        .filter(origin -> origin.topic().equals(topic))
        .findFirst();
  }
}
