package io.stillstream.augmenter.operation.auto;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What an automatic policy chooses from: torchvision's {@code _augmentation_space}, in its order.
 *
 * @param choices each equally likely
 * @param bins number of magnitudes, at least 2
 */
record AugmentationSpace(List<Magnitudes> choices, int bins) {
  private static final int AUG_MIX_BINS = 10;

  /**
   * How strong a primitive is in each of a number of bins. In double precision: the last bit of
   * torch.linspace, which torchvision uses, depends on the machine.
   *
   * @param primitive what is applied
   * @param first magnitude of bin 0
   * @param last magnitude of the last bin
   */
  record Magnitudes(AutoAugmentOperation primitive, double first, double last) {

    /** The same magnitude, 0, in all bins: for what is not graded. */
    static Magnitudes none(AutoAugmentOperation primitive) {
      return new Magnitudes(primitive, 0, 0);
    }

    /**
     * The magnitude of a bin.
     *
     * @param bin 0 to {@code bins − 1}
     * @param bins at least 2
     */
    double of(int bin, int bins) {
      if (primitive == AutoAugmentOperation.POSTERIZE) {
        return first - Math.rint(bin / ((bins - 1) / (first - last)));
      }
      return first + (last - first) * bin / (bins - 1);
    }
  }

  /** For an image of a size: its translations are shares of it. */
  static AugmentationSpace randAugment(int bins, ImageSize image) {
    List<Magnitudes> choices = new ArrayList<>();
    choices.add(Magnitudes.none(AutoAugmentOperation.IDENTITY));
    addMoving(choices, 0.3, share(image.width()), share(image.height()), 30);
    addFactors(choices, 0.9);
    addLevels(choices, 8, 4);
    return new AugmentationSpace(choices, bins);
  }

  /** The same for all sizes. */
  static AugmentationSpace trivialAugmentWide(int bins) {
    List<Magnitudes> choices = new ArrayList<>();
    choices.add(Magnitudes.none(AutoAugmentOperation.IDENTITY));
    addMoving(choices, 0.99, 32, 32, 135);
    addFactors(choices, 0.99);
    addLevels(choices, 8, 2);
    return new AugmentationSpace(choices, bins);
  }

  /**
   * @param allOps whether brightness, colour, contrast and sharpness are among them, which overlap
   *     with the corruptions of ImageNet-C
   */
  static AugmentationSpace augMix(ImageSize image, boolean allOps) {
    List<Magnitudes> choices = new ArrayList<>();
    addMoving(choices, 0.3, image.width() / 3.0, image.height() / 3.0, 30);
    addLevels(choices, 4, 0);
    if (allOps) {
      addFactors(choices, 0.9);
    }
    return new AugmentationSpace(choices, AUG_MIX_BINS);
  }

  /**
   * Draws one choice and adds its step: takes a number for the choice; one for the bin where it is
   * graded and there is more than one bin; one for the sign where it has one.
   *
   * @param weakest first bin to draw from
   * @param strongest last bin to draw from
   */
  void draw(RandomStream random, int weakest, int strongest, int fill, RecipeBuilder recipe) {
    Magnitudes chosen = choices.get(random.between(0, choices.size() - 1));
    AutoAugmentOperation primitive = chosen.primitive();
    double magnitude = 0;
    if (primitive.hasMagnitude()) {
      int bin = weakest == strongest ? weakest : random.between(weakest, strongest);
      magnitude = chosen.of(bin, bins);
    }
    if (primitive.signed() && random.nextDouble() < 0.5) {
      magnitude = 0 - magnitude; // and not −magnitude: there is no −0
    }
    primitive.addStep(recipe, magnitude, fill);
  }

  private static double share(int side) {
    return 150.0 / 331.0 * side;
  }

  private static void addMoving(
      List<Magnitudes> choices, double shear, double x, double y, double degrees) {
    choices.add(new Magnitudes(AutoAugmentOperation.SHEAR_X, 0, shear));
    choices.add(new Magnitudes(AutoAugmentOperation.SHEAR_Y, 0, shear));
    choices.add(new Magnitudes(AutoAugmentOperation.TRANSLATE_X, 0, x));
    choices.add(new Magnitudes(AutoAugmentOperation.TRANSLATE_Y, 0, y));
    choices.add(new Magnitudes(AutoAugmentOperation.ROTATE, 0, degrees));
  }

  private static void addFactors(List<Magnitudes> choices, double change) {
    choices.add(new Magnitudes(AutoAugmentOperation.BRIGHTNESS, 0, change));
    choices.add(new Magnitudes(AutoAugmentOperation.COLOR, 0, change));
    choices.add(new Magnitudes(AutoAugmentOperation.CONTRAST, 0, change));
    choices.add(new Magnitudes(AutoAugmentOperation.SHARPNESS, 0, change));
  }

  private static void addLevels(List<Magnitudes> choices, int mostBits, int fewestBits) {
    choices.add(new Magnitudes(AutoAugmentOperation.POSTERIZE, mostBits, fewestBits));
    choices.add(new Magnitudes(AutoAugmentOperation.SOLARIZE, 255, 0));
    choices.add(Magnitudes.none(AutoAugmentOperation.AUTOCONTRAST));
    choices.add(Magnitudes.none(AutoAugmentOperation.EQUALIZE));
  }
}
