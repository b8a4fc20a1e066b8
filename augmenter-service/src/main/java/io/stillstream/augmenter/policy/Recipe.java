package io.stillstream.augmenter.policy;

import java.util.List;

/**
 * All that was done to one image to get a view, with the values drawn: enough to do it again.
 *
 * @param decodeScale denominator of the scale at which the file is decoded: 1, 2, 4 or 8; the
 *     values of the steps are in pixels of the image at full scale all the same
 * @param steps operations in order; those whose probability spared them are absent
 * @param mix what was mixed in after the steps; null for most views
 */
public record Recipe(int decodeScale, List<Step> steps, Mix mix) {

  /** Copies the steps. */
  public Recipe {
    steps = List.copyOf(steps);
  }

  /** A recipe at full scale, without a partner. */
  public static Recipe of(List<Step> steps) {
    return new Recipe(1, steps, null);
  }

  /** The same with another decode scale. */
  public Recipe at(int scale) {
    return new Recipe(scale, steps, mix);
  }

  /** The same with another decode scale of the partner, if it has one. */
  public Recipe withPartnerAt(int scale) {
    return mix == null ? this : new Recipe(decodeScale, steps, mix.at(scale));
  }

  /**
   * How many pixels of the image one pixel spans where the steps look at the image for the first
   * time, see {@link Frame#reduction()}: a file may be decoded at a scale reduced by this, and
   * nothing is lost.
   *
   * @param image size of the image at full scale
   */
  public static double reduction(List<Step> steps, Size image) {
    Frame frame = Frame.of(image);
    for (Step step : steps) {
      Geometry geometry = Geometry.named(step.name()).orElse(null);
      if (geometry == null || !geometry.fuses(frame, step)) {
        break;
      }
      frame = geometry.apply(frame, step);
    }
    return frame.reduction();
  }
}
