package io.stillstream.augmenter;

import io.stillstream.augmenter.image.RejectionReason;
import io.stillstream.augmenter.image.Source;
import io.stillstream.augmenter.image.View;
import io.stillstream.augmenter.policy.Output;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.Coordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Operation;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.pixels.PixelCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Translates between the records of the topics and the domain. */
final class ViewRecords {
  /** Content type of bare pixels; every other one is ignored, files tell what they are. */
  static final String RAW_PIXELS = "application/x-raw-pixels";

  private final Policy policy;

  ViewRecords(Policy policy) {
    this.policy = policy;
  }

  /**
   * The image of an event.
   *
   * @throws BadRecordException if it promises bare pixels and does not tell their shape
   */
  static Source source(ImageEvent event) {
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

  /** The record of one view. */
  AugmentedView record(ImageEvent event, Coordinates origin, View view, Instant now) {
    Output output = policy.output();
    int height = output.size().height();
    int width = output.size().width();
    ByteBuffer pixels =
        PixelCodec.encode(
            output.encoding(), height, width, output.channels(), view.pixels(), output.quality());
    Lineage lineage =
        new Lineage(
            origin.topic(),
            origin.partition(),
            origin.offset(),
            event.getImageId(),
            view.index(),
            policy.views(),
            view.seed(),
            policy.hash());
    List<Operation> operations =
        view.recipe().steps().stream()
            .map(step -> new Operation(step.name(), step.values()))
            .toList();
    Integer label = event.getLabel();
    return new AugmentedView(
        lineage,
        new Recipe(1, operations, null),
        output.encoding(),
        height,
        width,
        output.channels(),
        pixels,
        label == null ? null : new Label(label, null, 1.0),
        event.getCapturedAt(),
        now);
  }
}
