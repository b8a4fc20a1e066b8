package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.auto.AugMix;
import io.stillstream.augmenter.operation.auto.RandAugment;
import io.stillstream.augmenter.operation.auto.TrivialAugmentWide;
import io.stillstream.augmenter.operation.geometric.Affine;
import io.stillstream.augmenter.operation.geometric.CenterCrop;
import io.stillstream.augmenter.operation.geometric.Pad;
import io.stillstream.augmenter.operation.geometric.Perspective;
import io.stillstream.augmenter.operation.geometric.RandomCrop;
import io.stillstream.augmenter.operation.geometric.RandomResizedCrop;
import io.stillstream.augmenter.operation.geometric.Resize;
import io.stillstream.augmenter.operation.geometric.Rotate;
import io.stillstream.augmenter.operation.geometric.Translate;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The closed list of operations that policies can name. */
public enum OperationType {
  RESIZE(
      1,
      "Stretches to height × width, or brings the shorter edge to size with the shape kept;"
          + " torchvision's Resize. Bilinear below a reduction of 2, averaged from there on, where"
          + " torchvision's antialias weighs by a triangle.",
      Resize::parse),
  CENTER_CROP(
      1,
      "Cuts a window from the middle; where the difference is odd, the upper left of the two"
          + " (torchvision rounds half to even).",
      CenterCrop::parse),
  RANDOM_CROP(
      1,
      "Cuts a window of fixed size at a random place; an image smaller than the window lies at a"
          + " random place within it.",
      RandomCrop::parse),
  RANDOM_RESIZED_CROP(
      1,
      "Cuts a window of random area and shape and stretches it to height × width; torchvision's"
          + " RandomResizedCrop, with its ten attempts.",
      RandomResizedCrop::parse),
  PAD(
      1,
      "Adds margins; torchvision's Pad. Mirrored margins may be wider than the image (torchvision"
          + " refuses them); fill is one level for all channels.",
      Pad::parse),
  HORIZONTAL_FLIP(
      0.5,
      "Mirrors left and right; exact.",
      settings -> new ParameterlessOperation("horizontal_flip")),
  VERTICAL_FLIP(
      0.5,
      "Mirrors top and bottom; exact.",
      settings -> new ParameterlessOperation("vertical_flip")),
  ROTATE(
      1,
      "Turns about the centre, counter-clockwise, the size kept; torchvision's RandomRotation,"
          + " always bilinear. Fill is one level for all channels.",
      Rotate::parse),
  AFFINE(
      1,
      "Turns (clockwise), shifts, scales and shears about the centre, the size kept; torchvision's"
          + " RandomAffine, always bilinear. Fill is one level for all channels; enlarged twofold"
          + " or more, the image's edge is not blended with it.",
      Affine::parse),
  PERSPECTIVE(
      0.5,
      "Moves the four corners inwards; torchvision's RandomPerspective. Fill is one level for all"
          + " channels, also where torchvision shows what lies behind the viewer; an image of one"
          + " row or column, and corners in one line, stay as they are.",
      Perspective::parse),
  TRANSLATE(
      1,
      "Shifts by whole pixels, each shift equally likely (torchvision's affine gives the two"
          + " extremes half the chance).",
      Translate::parse),

  BRIGHTNESS(
      1, "Multiplies all levels; torchvision's adjust_brightness.", ScalarOperation::brightness),
  CONTRAST(
      1,
      "Multiplies the distance of all levels from the mean grey of the image; torchvision's"
          + " adjust_contrast. The mean may be half a level off: ±1 level up to a factor of 2, up to"
          + " 5 at 10.",
      ScalarOperation::contrast),
  SATURATION(
      1,
      "Multiplies the distance of each pixel from its own grey; torchvision's adjust_saturation, ±1"
          + " level up to a factor of 2, ±2 at 4. Grey images stay as they are.",
      ScalarOperation::saturation),
  HUE(
      1,
      "Turns the hue in HSV, in floating point; torchvision's adjust_hue. Grey images stay as they"
          + " are.",
      ScalarOperation::hue),
  COLOR_JITTER(
      1,
      "Brightness, contrast, saturation and hue in random order; torchvision's ColorJitter. With"
          + " `method: matrix` they become one matrix, several times as fast: levels are not cut off"
          + " in between, and hue turns in the plane of YIQ, which keeps luma, where HSV keeps the"
          + " largest channel.",
      ColorJitter::parse),
  GRAYSCALE(
      0.1,
      "Gives all channels the luma of ITU-R BT.601; torchvision's RandomGrayscale, but rounded"
          + " instead of cut off, so grey stays the same grey. Grey images stay as they are.",
      settings -> new ParameterlessOperation("grayscale")),
  GAMMA(
      1,
      "Raises levels, as fractions of 255, to a power; torchvision's adjust_gamma with gain 1.",
      ScalarOperation::gamma),
  GAUSSIAN_BLUR(
      1,
      "Smooths; torchvision's GaussianBlur with one sigma for both axes, weights rounded to 1/256"
          + " (±1 level). A border narrower than the kernel is mirrored again, as OpenCV does;"
          + " torchvision refuses it.",
      GaussianBlur::parse),
  GAUSSIAN_NOISE(
      1,
      "Adds a normal deviate to each level of each channel; torchvision's GaussianNoise. Deviates"
          + " end at 3.67 sigma and are rounded to whole levels; sigma may be a range.",
      GaussianNoise::parse),
  SHARPNESS(
      0.5,
      "Blends with a smoothed image; torchvision's RandomAdjustSharpness, border kept. ±1 level up"
          + " to a factor of 2, ±3 at 4; the factor may be a range.",
      ScalarOperation::sharpness),
  POSTERIZE(
      0.5,
      "Keeps the upper bits of all levels; torchvision's RandomPosterize, exact. The bits may be a"
          + " range.",
      ScalarOperation::posterize),
  SOLARIZE(
      0.5,
      "Inverts levels from a threshold on; torchvision's RandomSolarize, exact. The threshold may be"
          + " a range.",
      ScalarOperation::solarize),
  EQUALIZE(
      0.5,
      "Evens out the histogram of each channel; torchvision's RandomEqualize, exact.",
      settings -> new ParameterlessOperation("equalize")),
  AUTOCONTRAST(
      0.5,
      "Stretches the levels of each channel to 0 to 255; torchvision's RandomAutocontrast, ±1 level.",
      settings -> new ParameterlessOperation("autocontrast")),
  INVERT(
      0.5,
      "Turns each level v into 255 − v; torchvision's RandomInvert, exact.",
      settings -> new ParameterlessOperation("invert")),
  JPEG_COMPRESSION(
      1,
      "Encodes as JPEG and decodes; torchvision's JPEG, by OpenCV, colours at half the resolution.",
      ScalarOperation::jpeg),
  RANDOM_ERASING(
      0.5,
      "Erases a rectangle; torchvision's RandomErasing with its ten attempts. `random` is noise with"
          + " all levels alike, where torchvision's is normal (meant for normalised images)."
          + " Masks are 255 there.",
      RandomErasing::parse),
  COARSE_DROPOUT(
      0.5,
      "Erases several rectangles, which may overlap; albumentations' CoarseDropout. A range of sides"
          + " is in pixels if it starts at 1 or above (albumentations tells 1 from 1.0). Masks are 255"
          + " there.",
      CoarseDropout::parse),

  ONE_OF(
      1,
      "Applies one of its `operations` for certain, chosen by their `p` as weights: albumentations'"
          + " OneOf (whose own `p` is 0.5 by default).",
      OneOf::parse),
  SOME_OF(
      1,
      "Chooses `n` of its `operations`, all equally likely and none twice, and applies them in"
          + " their order, each with its own `p`: albumentations 2's SomeOf (which knows no range for"
          + " `n`, and lowers it where there are fewer operations).",
      SomeOf::parse),
  SEQUENTIAL(
      1,
      "Applies its `operations` in order, each with its own `p`: albumentations' Sequential (whose"
          + " own `p` is 0.5 by default).",
      Sequential::parse),
  RAND_AUGMENT(
      1,
      "RandAugment (arXiv:1909.13719) with torchvision's choices and magnitudes; bilinear, where"
          + " torchvision takes the nearest pixel unless told otherwise.",
      RandAugment::parse),
  TRIVIAL_AUGMENT_WIDE(
      1,
      "TrivialAugment, wide (arXiv:2103.10158), with torchvision's choices and magnitudes;"
          + " bilinear, where torchvision takes the nearest pixel unless told otherwise.",
      TrivialAugmentWide::parse),
  AUG_MIX(
      1,
      "AugMix (arXiv:1912.02781) with torchvision's choices and magnitudes. Each chain ends in 8"
          + " bits; fractions of the sum are cut off, as there. A view keeps its mask only if no chain"
          + " moves pixels.",
      AugMix::parse),

  MIXUP(
      1,
      "Adds a recent image of the same partition: λ·a + (1 − λ)·b, rounded to the nearest level."
          + " Drawn for each view, where torchvision draws once for a batch. The view has no mask.",
      MixOperation::mixUp),
  CUTMIX(
      1,
      "Puts a rectangle of a recent image of the same partition in place; λ is the share of the"
          + " image that is left. Drawn for each view, where torchvision draws once for a batch. Masks"
          + " are cut, too.",
      MixOperation::cutMix);

  private final double probability;
  private final String summary;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference, without state
  private final Function<SettingsReader, AugmentationOperation> parser;

  /**
   * @param probability default of {@code p}
   * @param summary what it does, whose norm it follows and where it differs, in one or two
   *     sentences
   * @param parser reads the settings, and reports errors to the reader
   */
  OperationType(
      double probability, String summary, Function<SettingsReader, AugmentationOperation> parser) {
    this.probability = probability;
    this.summary = summary;
    this.parser = parser;
  }

  /** Name in policies. */
  public String operationName() {
    return name().toLowerCase(Locale.ROOT);
  }

  String summary() {
    return summary;
  }

  /** Reads the settings, {@code p} included, and reports errors to the reader. */
  PolicyEntry parse(SettingsReader settings) {
    AugmentationOperation operation = parser.apply(settings);
    double p = settings.number("p", probability, 0, 1, "probability that it is applied");
    return new PolicyEntry(this, p, operation, settings.recorded());
  }

  /** The type with this name in policies. */
  static Optional<OperationType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.operationName().equals(name)).findFirst();
  }
}
