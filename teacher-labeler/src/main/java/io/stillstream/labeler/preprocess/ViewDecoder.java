package io.stillstream.labeler.preprocess;

import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Turns a record of {@code views} into a view, and a view into its pixels. */
public final class ViewDecoder {
  private final RecordValueDeserializer<AugmentedView> reader;

  public ViewDecoder(RecordValueDeserializer<AugmentedView> reader) {
    this.reader = reader;
  }

  /**
   * Reads a record.
   *
   * @throws BadRecordException if it is not a view
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if its schema cannot be
   *     fetched now
   */
  AugmentedView view(ConsumerRecord<byte[], byte[]> record) {
    return reader.deserialize(record.topic(), record.headers(), record.value());
  }

  /**
   * Decodes a view's pixels.
   *
   * @throws BadRecordException if they cannot be decoded
   */
  Pixels pixels(AugmentedView view) {
    try {
      return new Pixels(
          view.getHeight(), view.getWidth(), view.getChannels(), PixelCodec.decode(view));
    } catch (InvalidImageException e) {
      throw new BadRecordException(Reason.PIXELS.tag(), e.getMessage(), e);
    }
  }
}
