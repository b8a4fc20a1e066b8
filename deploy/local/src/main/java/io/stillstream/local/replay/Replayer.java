package io.stillstream.local.replay;

import io.stillstream.augmenter.Recipes;
import io.stillstream.augmenter.Sources;
import io.stillstream.augmenter.image.RejectedImageException;
import io.stillstream.augmenter.image.ViewMaker;
import io.stillstream.augmenter.policy.Fit;
import io.stillstream.augmenter.policy.Mix;
import io.stillstream.augmenter.policy.Output;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.Recipe;
import io.stillstream.augmenter.policy.Size;
import io.stillstream.local.replay.Outcome.Verdict;
import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.ImageLookup;
import io.stillstream.runtime.RecordCoordinates;
import io.stillstream.runtime.RecordNotFoundException;
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
final class Replayer implements AutoCloseable {
  private final ImageLookup images;
  private final long maxPixels;
  private final Map<Integer, ViewMaker> makers = new HashMap<>();

  /**
   * @param maxPixels largest height × width that is decoded
   */
  Replayer(ImageLookup images, long maxPixels) {
    this.images = images;
    this.maxPixels = maxPixels;
  }

  /** Makes the view again and compares it with the recorded one. */
  Replayed replay(RecordedView recorded) {
    AugmentedView view = recorded.view();
    Optional<ImageEvent> image = Optional.empty();
    Optional<ImageEvent> partner = Optional.empty();
    try {
      image = Optional.of(images.fetch(recorded.origin(), view.getLineage().getImageId()));
      Recipe recipe = Recipes.of(view);
      partner = Optional.ofNullable(recipe.mix()).map(this::partner);
      byte[] pixels = pixels(view.getChannels(), recipe, image.get(), partner);
      return new Replayed(
          recorded, image, partner, Optional.of(pixels), Judge.compare(view, pixels));
    } catch (RecordNotFoundException e) {
      String which = image.isPresent() ? "partner " : "image ";
      return without(recorded, image, new Outcome(Verdict.LOST, which + e.getMessage()));
    } catch (RejectedImageException e) {
      return without(
          recorded,
          image,
          Judge.different("an image is refused, " + e.reason().tag() + ": " + e.getMessage()));
    } catch (BadRecordException | IllegalArgumentException e) {
      return without(recorded, image, Judge.different("it cannot be made: " + e.getMessage()));
    }
  }

  @Override
  public void close() {
    makers.values().forEach(ViewMaker::close);
  }

  private ImageEvent partner(Mix mix) {
    Mix.Partner partner = mix.partner();
    return images.fetch(
        new RecordCoordinates(partner.topic(), partner.partition(), partner.offset()), partner.imageId());
  }

  private byte[] pixels(
      int channels, Recipe recipe, ImageEvent image, Optional<ImageEvent> partner) {
    ViewMaker maker = makers.computeIfAbsent(channels, this::maker);
    return maker.replay(Sources.of(image), recipe, partner.map(Sources::of).orElse(null));
  }

  /** Of its policy a replay uses nothing but the channels. */
  private ViewMaker maker(int channels) {
    Output output = new Output(new Size(1, 1), channels, Fit.STRETCH, PixelEncoding.RAW, 100);
    return new ViewMaker(Policy.original(output), maxPixels);
  }

  private static Replayed without(RecordedView view, Optional<ImageEvent> image, Outcome outcome) {
    return new Replayed(view, image, Optional.empty(), Optional.empty(), outcome);
  }
}
