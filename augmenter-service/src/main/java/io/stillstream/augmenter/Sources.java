package io.stillstream.augmenter;

import io.stillstream.augmenter.image.RejectionReason;
import io.stillstream.augmenter.image.Source;
import io.stillstream.runtime.BadRecordException;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;

/** The images inside of image events. */
public final class Sources {
  /** Content type of bare pixels; every other one is ignored, files tell what they are. */
  static final String RAW_PIXELS = "application/x-raw-pixels";

  private Sources() {}

  /**
   * The image of an event; it shares the event's bytes.
   *
   * @throws BadRecordException if it promises bare pixels and does not tell their shape
   */
  public static Source of(ImageEvent event) {
    if (!event.getContentType().equals(RAW_PIXELS)) {
      return new Source.File(event.getPayload());
    }
    RawShape shape = event.getRawShape();
    if (shape == null) {
      throw new BadRecordException(
          RejectionReason.BAD_RAW_SHAPE.tag(), "content type " + RAW_PIXELS + " without rawShape");
    }
    return new Source.Pixels(
        event.getPayload(), shape.getHeight(), shape.getWidth(), shape.getChannels());
  }
}
