package io.stillstream.trainer.input;

import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Mix;
import io.stillstream.trainer.training.example.ViewIdentity;

/** Reads from a record which view of which image it has. */
final class ViewIdentityReader {
  /** The operation that a policy with {@code fit: crop} ends view 0 with. */
  private static final String CENTER_CROP = "center_crop";

  private ViewIdentityReader() {}

  static ViewIdentity identity(AugmentedView view) {
    Mix mix = view.getRecipe().getMix();
    return new ViewIdentity(
        number(view.getLineage().getImageId()),
        mix == null ? 0 : number(mix.getPartnerImageId()),
        view.getLineage().getViewIndex(),
        view.getLineage().getViewCount(),
        mix == null ? 1 : share(mix.getLambda()));
  }

  /** Only needed where there is no label, so one that is out of range harms nothing. */
  private static float share(double lambda) {
    return lambda >= 0 && lambda <= 1 ? (float) lambda : Float.NaN;
  }

  /** Whether it is a view 0 that was cut out of the middle of its image, rather than stretched. */
  static boolean isCropped(AugmentedView view) {
    return view.getLineage().getViewIndex() == 0
        && view.getRecipe().getOperations().stream()
            .anyMatch(operation -> operation.getName().equals(CENTER_CROP));
  }

  private static long number(String imageId) {
    return ImageIdHash.of(imageId).number();
  }
}
