package io.stillstream.page.deadletter;

import io.stillstream.page.image.ImageSampler;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A dead letter, as the page takes it; null is what its headers do not say.
 *
 * @param time when it was written, milliseconds since the epoch
 * @param topic where its source stands, as are partition and offset
 * @param imageId its key
 * @param thumbnail {@code data:} URL, if its value is an image or a view that can be drawn
 */
public record DeadLetterEntry(
    long time,
    String service,
    String stage,
    String reason,
    String message,
    String topic,
    Integer partition,
    Long offset,
    String imageId,
    String thumbnail) {
  private static final int LONGEST_TEXT = 500;

  /** Much longer, since a trace is asked for by it. */
  public static final int LONGEST_ID = 4_000;

  /** Of a record of the topic of dead letters. */
  public static DeadLetterEntry of(
      ConsumerRecord<byte[], byte[]> record, RecordValueDeserializer<SpecificRecord> reader) {
    DeadLetter letter = DeadLetter.of(record);
    Optional<RecordCoordinates> source = letter.source();
    return new DeadLetterEntry(
        letter.time(),
        shown(letter.service(), LONGEST_TEXT),
        shown(letter.stage(), LONGEST_TEXT),
        shown(letter.reason(), LONGEST_TEXT),
        shown(letter.message(), LONGEST_TEXT),
        source.map(RecordCoordinates::topic).orElse(null),
        source.map(RecordCoordinates::partition).orElse(null),
        source.map(RecordCoordinates::offset).orElse(null),
        letter.imageId().map(id -> shown(id, LONGEST_ID)).orElse(null),
        picture(record, source.map(RecordCoordinates::topic).orElse(record.topic()), reader)
            .orElse(null));
  }

  private static Optional<String> picture(
      ConsumerRecord<byte[], byte[]> record,
      String topic,
      RecordValueDeserializer<SpecificRecord> reader) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      return ImageSampler.PICTURES.ofRecord(
          reader.deserialize(topic, record.headers(), record.value()));
    } catch (BadRecordException | RegistryUnavailableException e) {
      // It is a dead letter: its bytes may be anything.
      return Optional.empty();
    }
  }

  /** Null for an empty text, and not more of a long one than a page has room for. */
  private static String shown(String text, int longest) {
    if (text.isEmpty()) {
      return null;
    }
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }
}
