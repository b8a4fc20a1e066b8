package io.stillstream.runtime.lookup;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageEvent;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Image events by their coordinates. */
public final class ImageLookup {
  private final RecordLookup log;
  private final RecordValueDeserializer<ImageEvent> reader;

  /**
   * @param log stays its owner's, as the reader does
   */
  public ImageLookup(RecordLookup log, RecordValueDeserializer<ImageEvent> reader) {
    this.log = log;
    this.reader = reader;
  }

  /**
   * The event at these coordinates.
   *
   * @param imageId what it should be
   * @throws RecordNotFoundException if there is no record, or it is no image event, or another
   *     image's
   */
  public ImageEvent fetch(RecordCoordinates at, String imageId) {
    ConsumerRecord<byte[], byte[]> record = log.fetch(at);
    ImageEvent event;
    try {
      event = reader.deserialize(at.topic(), record.headers(), record.value());
    } catch (BadRecordException e) {
      throw new RecordNotFoundException(at + " is no ImageEvent: " + e.getMessage(), e);
    }
    if (!event.getImageId().equals(imageId)) {
      throw new RecordNotFoundException(
          "%s is image %s, not %s".formatted(at, event.getImageId(), imageId));
    }
    return event;
  }
}
