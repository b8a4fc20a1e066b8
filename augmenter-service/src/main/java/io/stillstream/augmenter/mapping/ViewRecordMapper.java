package io.stillstream.augmenter.mapping;

import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.policy.OutputFormat;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.store.RecentImage;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Makes the records of views. */
public final class ViewRecordMapper {
  private final Policy policy;

  public ViewRecordMapper(Policy policy) {
    this.policy = policy;
  }

  /**
   * The record of one view.
   *
   * @param payloadSha256 of the object that the event names; null for an image by value
   * @param partner the image that may be mixed into the view; null if there was none
   */
  public AugmentedView toAvro(
      ImageEvent event,
      String payloadSha256,
      RecordCoordinates origin,
      RenderedView view,
      RecentImage partner,
      Instant now) {
    OutputFormat output = policy.output();
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
            policy.hash(),
            payloadSha256 == null ? null : event.getPayloadUri(),
            payloadSha256);
    return new AugmentedView(
        lineage,
        RecipeMapper.toAvro(view.recipe()),
        output.encoding(),
        height,
        width,
        output.channels(),
        pixels,
        view.recipe().mix() == null
            ? label(event)
            : label(event, partner, view.recipe().mix().lambda()),
        view.mask() == null ? null : MaskCodec.encode(view.mask()),
        event.getCapturedAt(),
        now);
  }

  private static Label label(ImageEvent event) {
    return event.getLabel() == null ? null : new Label(event.getLabel(), null, 1.0);
  }

  /** The label of a mix; null unless both classes are known. */
  private static Label label(ImageEvent event, RecentImage partner, double weight) {
    return event.getLabel() == null || partner.label() == null
        ? null
        : new Label(event.getLabel(), partner.label(), weight);
  }
}
