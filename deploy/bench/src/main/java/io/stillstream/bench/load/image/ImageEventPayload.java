package io.stillstream.bench.load.image;

import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What an image event carries.
 *
 * @param shape of bare pixels; null for files
 * @param label class index, null when unknown
 */
public record ImageEventPayload(
    String contentType, ByteBuffer bytes, RawShape shape, Integer label) {
  static final String RAW = "application/x-raw-pixels";

  /** A file, whatever is in it. */
  static ImageEventPayload file(String contentType, byte[] bytes) {
    return new ImageEventPayload(contentType, ByteBuffer.wrap(bytes), null, null);
  }

  public ImageEvent event(String imageId, long capturedAtMillis) {
    return ImageEvent.newBuilder()
        .setImageId(imageId)
        .setSource("load")
        .setCapturedAt(Instant.ofEpochMilli(capturedAtMillis))
        .setContentType(contentType)
        .setPayload(bytes.duplicate())
        .setRawShape(shape)
        .setLabel(label)
        .build();
  }
}
