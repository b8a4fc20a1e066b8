package io.stillstream.augmenter.policy;

import java.util.List;

/** How an image is brought to the output size when it has another one. */
public enum Fit {
  /** Resize both sides independently; nothing is lost, the shape changes. */
  STRETCH {
    @Override
    List<Step> steps(Size from, Size to) {
      return from.equals(to) ? List.of() : List.of(Resize.to(to));
    }
  },
  /** Resize until the output is just covered, the shape kept, then cut the middle. */
  CROP {
    @Override
    List<Step> steps(Size from, Size to) {
      if (from.equals(to)) {
        return List.of();
      }
      double scale =
          Math.max((double) to.height() / from.height(), (double) to.width() / from.width());
      Size covering =
          new Size(
              Math.max(to.height(), (int) Math.round(from.height() * scale)),
              Math.max(to.width(), (int) Math.round(from.width() * scale)));
      return covering.equals(to)
          ? List.of(Resize.to(to))
          : List.of(Resize.to(covering), CenterCrop.to(to));
    }
  };

  /** The steps that turn one size into another; none when they are equal. */
  abstract List<Step> steps(Size from, Size to);
}
