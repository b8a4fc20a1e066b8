package io.stillstream.labeler.budget;

import java.util.function.DoubleSupplier;

/**
 * A budget for a fraction of the images: those whose {@link ImageSamplingHash} is below it. So all
 * views of an image are labelled or none, two labelers with the same fraction choose the same
 * images, and a growing fraction only adds images.
 */
public final class FractionBudget implements LabelBudget {
  private final DoubleSupplier fraction;

  /**
   * @param fraction read for every view; 0 is nothing, 1 everything
   */
  public FractionBudget(DoubleSupplier fraction) {
    this.fraction = fraction;
  }

  @Override
  public boolean includes(String imageId) {
    double now = fraction.getAsDouble();
    return now >= 1 || ImageSamplingHash.of(imageId) < now;
  }
}
