package io.stillstream.local.preview;

import io.stillstream.augmenter.image.MixPartner;
import io.stillstream.augmenter.recipe.MixRecipe;
import java.util.List;
import java.util.Optional;

/** Which image is mixed into which, where a policy mixes. */
final class MixImageSelector {
  private final boolean mixing;
  private final List<ImageFile> images;
  private final Optional<ImageFile> given;

  /**
   * @param mixing whether the policy mixes at all
   * @param given the partner of all images; without it each has the next one, the last the first
   */
  MixImageSelector(boolean mixing, List<ImageFile> images, Optional<ImageFile> given) {
    this.mixing = mixing;
    this.images = List.copyOf(images);
    this.given = given;
  }

  /** Whether images have partners. */
  boolean any() {
    return mixing && (given.isPresent() || images.size() > 1);
  }

  /** The partner of the image with this number. */
  Optional<MixPartner> of(int number) {
    if (!any()) {
      return Optional.empty();
    }
    int other = given.isPresent() ? images.size() : (number + 1) % images.size();
    ImageFile file = given.orElseGet(() -> images.get(other));
    return Optional.of(
        new MixPartner(
            file.image(),
            new MixRecipe.PartnerCoordinates(PolicyPreview.TOPIC, 0, other, file.name())));
  }
}
