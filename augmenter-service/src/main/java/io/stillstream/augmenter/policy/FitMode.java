package io.stillstream.augmenter.policy;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.geometric.CenterCrop;
import io.stillstream.augmenter.operation.geometric.Resize;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.ArrayList;
import java.util.List;

/** How an image is brought to the output size when it has another one. */
public enum FitMode {
  /** Resize both sides independently; nothing is lost, the shape changes. */
  STRETCH {
    @Override
    List<RecipeStep> steps(ImageSize from, ImageSize to) {
      return from.equals(to) ? List.of() : List.of(Resize.to(to));
    }
  },
  /** Resize until the output is just covered, the shape kept, then cut the middle. */
  CROP {
    @Override
    List<RecipeStep> steps(ImageSize from, ImageSize to) {
      double scale =
          Math.max((double) to.height() / from.height(), (double) to.width() / from.width());
      ImageSize covering =
          new ImageSize(
              Math.max(to.height(), (int) Math.round(from.height() * scale)),
              Math.max(to.width(), (int) Math.round(from.width() * scale)));
      List<RecipeStep> steps = new ArrayList<>();
      if (!covering.equals(from)) {
        steps.add(Resize.to(covering));
      }
      if (!covering.equals(to)) {
        steps.add(CenterCrop.to(to));
      }
      return steps;
    }
  };

  /** The steps that turn one size into another; none when they are equal. */
  abstract List<RecipeStep> steps(ImageSize from, ImageSize to);
}
