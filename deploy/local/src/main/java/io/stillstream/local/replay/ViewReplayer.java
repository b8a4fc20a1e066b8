package io.stillstream.local.replay;

import io.stillstream.augmenter.fetch.RejectedObjectException;
import io.stillstream.augmenter.fetch.UnavailableObjectException;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.image.RenderedPixels;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.mapping.ImageSourceMapper;
import io.stillstream.augmenter.mapping.RecipeMapper;
import io.stillstream.augmenter.policy.FitMode;
import io.stillstream.augmenter.policy.OutputFormat;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.local.objects.PayloadFetcher;
import io.stillstream.local.replay.ViewReplayOutcome.Status;
import io.stillstream.runtime.lookup.ImageLookup;
import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes views again: fetches the image at the view's origin, and the partner of a mixed view, and
 * applies the recipe. It needs no policy. Owns native memory; for one thread.
 */
final class ViewReplayer implements AutoCloseable {
  private final ImageLookup images;
  private final PayloadFetcher payloads;
  private final long maxPixels;
  private final Map<Integer, ViewGenerator> makers = new HashMap<>();

  /**
   * @param payloads fetches images by reference
   * @param maxPixels largest height × width that is decoded
   */
  ViewReplayer(ImageLookup images, PayloadFetcher payloads, long maxPixels) {
    this.images = images;
    this.payloads = payloads;
    this.maxPixels = maxPixels;
  }

  /** Makes the view again and compares it with the recorded one. */
  ReplayedView replay(RecordedView recorded) {
    AugmentedView view = recorded.view();
    Optional<ImageEvent> image = Optional.empty();
    Optional<ImageEvent> partner = Optional.empty();
    try {
      image = Optional.of(images.fetch(recorded.origin(), view.getLineage().getImageId()));
      Optional<String> sha256 = Optional.ofNullable(view.getLineage().getPayloadSha256());
      image = Optional.of(payloads.complete(image.get(), sha256));
      ViewRecipe recipe = RecipeMapper.fromAvro(view);
      partner = Optional.ofNullable(recipe.mix()).map(this::partner);
      RenderedPixels again = render(view.getChannels(), recipe, image.get(), partner);
      return new ReplayedView(
          recorded, image, partner, Optional.of(again), ViewComparator.compare(view, again));
    } catch (RecordNotFoundException e) {
      String which = image.isPresent() ? "partner " : "image ";
      return without(recorded, image, new ViewReplayOutcome(Status.LOST, which + e.getMessage()));
    } catch (RejectedObjectException e) {
      return unfetched(recorded, image, Status.of(e.reason()), e);
    } catch (UnavailableObjectException e) {
      return unfetched(recorded, image, Status.UNAVAILABLE, e);
    } catch (RejectedImageException e) {
      return without(
          recorded,
          image,
          ViewComparator.different(
              "an image is refused, " + e.reason().tag() + ": " + e.getMessage()));
    } catch (BadRecordException | IllegalArgumentException e) {
      return without(
          recorded, image, ViewComparator.different("it cannot be made: " + e.getMessage()));
    }
  }

  @Override
  public void close() {
    makers.values().forEach(ViewGenerator::close);
  }

  private ImageEvent partner(MixRecipe mix) {
    MixRecipe.PartnerCoordinates partner = mix.partner();
    ImageEvent event =
        images.fetch(
            new RecordCoordinates(partner.topic(), partner.partition(), partner.offset()),
            partner.imageId());
    return payloads.complete(event, Optional.empty());
  }

  private RenderedPixels render(
      int channels, ViewRecipe recipe, ImageEvent image, Optional<ImageEvent> partner) {
    ViewGenerator maker = makers.computeIfAbsent(channels, this::maker);
    return maker.replay(
        ImageSourceMapper.toMaskedImage(image),
        recipe,
        partner.map(ImageSourceMapper::toMaskedImage).orElse(null));
  }

  /** Of its policy a replay uses nothing but the channels. */
  private ViewGenerator maker(int channels) {
    OutputFormat output =
        new OutputFormat(new ImageSize(1, 1), channels, FitMode.STRETCH, PixelEncoding.RAW, 100);
    return new ViewGenerator(Policy.original(output), maxPixels);
  }

  private static ReplayedView unfetched(
      RecordedView view, Optional<ImageEvent> image, Status status, RuntimeException why) {
    boolean isPartner = image.isPresent() && image.get().getPayload().hasRemaining();
    String which = isPartner ? "partner " : "image ";
    return without(view, image, new ViewReplayOutcome(status, which + why.getMessage()));
  }

  private static ReplayedView without(
      RecordedView view, Optional<ImageEvent> image, ViewReplayOutcome outcome) {
    return new ReplayedView(view, image, Optional.empty(), Optional.empty(), outcome);
  }
}
