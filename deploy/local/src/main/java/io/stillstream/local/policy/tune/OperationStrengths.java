package io.stillstream.local.policy.tune;

import static io.stillstream.local.policy.tune.StrengthSetting.plain;
import static io.stillstream.local.policy.tune.StrengthSetting.symmetric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What says how strongly an operation works: which of its settings, or its probability alone.
 *
 * @param kind what is scaled
 * @param settings that carry the strength; none unless {@code kind} says so
 */
record OperationStrengths(Kind kind, List<StrengthSetting> settings) {
  private static final Map<String, OperationStrengths> BY_NAME = new HashMap<>();

  /** What of an operation is scaled. */
  enum Kind {
    /** Settings; at strength 0 the image stays as it is. */
    SETTINGS,
    /** Settings that cannot be neutral: at strength 0 the probability becomes 0, too. */
    SETTINGS_AND_PROBABILITY,
    /** It happens or does not: its probability. */
    PROBABILITY,
    /** Nothing: it gives views their shape, mixes images, or holds other operations. */
    NONE
  }

  static {
    put("rotate", symmetric("degrees", 0, 0.5));
    put("translate", plain("pixels", 0, 1));
    put(
        "affine",
        symmetric("degrees", 0, 0.5),
        plain("translate", 0, 0.005),
        plain("scale", 1, 0.01),
        symmetric("shear", 0, 0.5));
    put("perspective", plain("distortion_scale", 0, 0.01));
    for (String name : List.of("brightness", "contrast", "saturation")) {
      put(name, symmetric("factor", 1, 0.01));
    }
    put("hue", symmetric("factor", 0, 0.005));
    put(
        "color_jitter",
        symmetric("brightness", 1, 0.01),
        symmetric("contrast", 1, 0.01),
        symmetric("saturation", 1, 0.01),
        symmetric("hue", 0, 0.005));
    put("gamma", plain("gamma", 1, 0.01));
    put("gaussian_blur", plain("sigma", 0, 0.01).within(0.01, Double.POSITIVE_INFINITY));
    put("gaussian_noise", plain("mean", 0, 0.001), plain("sigma", 0, 0.001));
    put("sharpness", plain("factor", 1, 0.01));
    put("posterize", plain("bits", 8, 1));
    put("random_erasing", plain("scale", 0, 0.005));
    putWithProbability("solarize", plain("threshold", 256, 1).within(0, 255));
    putWithProbability("jpeg_compression", plain("quality", 100, 1));
    putWithProbability(
        "coarse_dropout",
        plain("hole_height_range", 0, 0.01).withPixels(),
        plain("hole_width_range", 0, 0.01).withPixels());
    // Without a change of area it still changes the shape of what is not square.
    putWithProbability("random_resized_crop", plain("scale", 1, 0.01));
    putWithProbability("rand_augment", plain("magnitude", 0, 1));
    putWithProbability("aug_mix", plain("severity", 0, 1).within(1, 10));
    // Less padding is stronger where the window is larger than the image.
    for (String name :
        List.of(
            "random_crop",
            "horizontal_flip",
            "vertical_flip",
            "grayscale",
            "equalize",
            "autocontrast",
            "invert",
            "trivial_augment_wide")) {
      BY_NAME.put(name, new OperationStrengths(Kind.PROBABILITY, List.of()));
    }
    for (String name :
        List.of(
            "resize", "center_crop", "pad", "one_of", "some_of", "sequential", "mixup", "cutmix")) {
      BY_NAME.put(name, new OperationStrengths(Kind.NONE, List.of()));
    }
  }

  private static void put(String name, StrengthSetting... settings) {
    BY_NAME.put(name, new OperationStrengths(Kind.SETTINGS, List.of(settings)));
  }

  private static void putWithProbability(String name, StrengthSetting... settings) {
    BY_NAME.put(name, new OperationStrengths(Kind.SETTINGS_AND_PROBABILITY, List.of(settings)));
  }

  /**
   * The strengths of an operation.
   *
   * @param name in policies
   */
  static OperationStrengths of(String name) {
    OperationStrengths strengths = BY_NAME.get(name);
    if (strengths == null) {
      throw new IllegalArgumentException("nothing is known of the strength of " + name);
    }
    return strengths;
  }

  /** Whether settings carry the strength. */
  boolean hasSettings() {
    return !settings.isEmpty();
  }
}
