package io.stillstream.local.deadletter;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.util.Optional;

/**
 * The picture of a record as a file.
 *
 * @param bytes of the file
 * @param what it is, in words
 */
@SuppressWarnings("ArrayRecordComponent") // made here, written once
record ImagePayload(byte[] bytes, String what) {
  /** The payload as it came; empty if the event only says where it is. */
  static Optional<ImagePayload> of(ImageEvent event) {
    if (event.getPayloadUri() != null && !event.getPayload().hasRemaining()) {
      return Optional.empty();
    }
    return Optional.of(
        new ImagePayload(
            ByteArrays.copyOf(event.getPayload()),
            "the payload as it came, " + DeadLetterTable.shortened(event.getContentType(), 100)));
  }

  /** The file that the view holds, bare pixels as PNG where they are what they claim to be. */
  static ImagePayload of(AugmentedView view) {
    if (view.getEncoding() != PixelEncoding.RAW) {
      return new ImagePayload(
          ByteArrays.copyOf(view.getPixels()), "the view's own " + view.getEncoding());
    }
    int height = view.getHeight();
    int width = view.getWidth();
    int channels = view.getChannels();
    try {
      byte[] pixels = PixelCodec.decode(view);
      return new ImagePayload(
          ByteArrays.copyOf(PixelCodec.encode(PixelEncoding.PNG, height, width, channels, pixels)),
          "the view's pixels as PNG");
    } catch (InvalidImageException e) {
      return new ImagePayload(
          ByteArrays.copyOf(view.getPixels()), "the view's bytes: " + e.getMessage());
    }
  }
}
