package io.stillstream.augmenter.mapping;

import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectionReason;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;
import java.nio.ByteBuffer;

/** The images inside of image events. */
public final class ImageSourceMapper {
  /** Content type of raw pixels; every other one is ignored, files identify their own format. */
  public static final String RAW_PIXELS = "application/x-raw-pixels";

  private ImageSourceMapper() {}

  /**
   * The image of an event that has it by value, with its mask; they share the event's bytes.
   *
   * @throws BadRecordException if it claims to hold raw pixels but has no shape
   */
  public static MaskedImage toMaskedImage(ImageEvent event) {
    return toMaskedImage(event, event.getPayload());
  }

  /**
   * The image of an event with its mask.
   *
   * @param payload of the event, or of the object that it names; not copied
   * @throws BadRecordException if it claims to hold raw pixels but has no shape
   */
  public static MaskedImage toMaskedImage(ImageEvent event, ByteBuffer payload) {
    return new MaskedImage(toSource(event, payload), event.getMask());
  }

  /**
   * The image of an event that has it by value; it shares the event's bytes.
   *
   * @throws BadRecordException if it claims to hold raw pixels but has no shape
   */
  public static ImageSource toSource(ImageEvent event) {
    return toSource(event, event.getPayload());
  }

  private static ImageSource toSource(ImageEvent event, ByteBuffer payload) {
    if (!event.getContentType().equals(RAW_PIXELS)) {
      return new ImageSource.FileSource(payload);
    }
    RawShape shape = event.getRawShape();
    if (shape == null) {
      throw new BadRecordException(
          RejectionReason.BAD_RAW_SHAPE.tag(), "content type " + RAW_PIXELS + " without rawShape");
    }
    return new ImageSource.RawPixels(
        payload, shape.getHeight(), shape.getWidth(), shape.getChannels());
  }
}
