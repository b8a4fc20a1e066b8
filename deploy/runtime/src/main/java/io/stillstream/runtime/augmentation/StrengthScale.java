package io.stillstream.runtime.augmentation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The scale of one effect of a step. The strength is the largest distance of the step's values from
 * the neutral value, which leaves the image as it is; bounds separate the bins.
 */
final class StrengthScale {
  private static final String OTHER = "other";
  private static final String AUG_MIX = "aug_mix";
  private static final String ERASE = "erase";
  private static final String AREA = "share of the area";

  private static final double[] DEGREES = {2, 4, 8, 15, 30, 60};
  private static final double[] PIXELS = {1, 2, 4, 8, 16, 32};
  private static final double[] FACTORS = {0.1, 0.2, 0.4, 0.8, 1.6};
  private static final double[] TURNS = {0.02, 0.05, 0.1, 0.2, 0.3};
  private static final double[] SHARES = {0.05, 0.1, 0.2, 0.3, 0.5};

  /** Steps that either happen or do not, or whose strength depends on the size of the image. */
  private static final Set<String> UNMEASURED =
      Set.of(
          "resize",
          "center_crop",
          "random_crop",
          "random_resized_crop",
          "pad",
          "horizontal_flip",
          "vertical_flip",
          "perspective",
          "grayscale",
          "equalize",
          "autocontrast",
          "invert");

  private static final StrengthScale ERASED = scale(ERASE, AREA, 0, SHARES);
  private static final Map<String, StrengthScale> MIXES =
      Map.of(
          "mixup", scale("mixup", "share of the partner", 1, SHARES),
          "cutmix", scale("cutmix", AREA, 1, SHARES));

  private static final Map<String, List<StrengthScale>> BY_STEP = new HashMap<>();

  static {
    add("rotate", scale("rotate", "degrees", 0, DEGREES, "degrees"));
    add("translate", scale("translate", "pixels", 0, PIXELS, "x", "y"));
    add("affine", scale("affine_degrees", "degrees", 0, DEGREES, "degrees"));
    add("affine", scale("affine_translate", "pixels", 0, PIXELS, "translate_x", "translate_y"));
    add("affine", scale("affine_scale", "|factor - 1|", 1, FACTORS, "scale"));
    add("affine", scale("affine_shear", "degrees", 0, DEGREES, "shear_x", "shear_y"));
    for (String name : List.of("brightness", "contrast", "saturation")) {
      add(name, scale(name, "|factor - 1|", 1, FACTORS, "factor"));
      add("color_matrix", scale(name, "|factor - 1|", 1, FACTORS, name));
    }
    add("sharpness", scale("sharpness", "|factor - 1|", 1, FACTORS, "factor"));
    add("hue", scale("hue", "turns", 0, TURNS, "factor"));
    add("color_matrix", scale("hue", "turns", 0, TURNS, "hue"));
    add("gamma", scale("gamma", "|exponent - 1|", 1, FACTORS, "gamma"));
    add("gaussian_blur", scale("gaussian_blur", "pixels", 0, bounds(0.5, 1, 2, 4, 8), "sigma"));
    add(
        "gaussian_noise",
        scale("gaussian_noise", "share of 255", 0, bounds(0.02, 0.05, 0.1, 0.2, 0.4), "sigma"));
    add("posterize", scale("posterize", "bits lost", 8, bounds(1, 2, 3, 4, 5, 6), "bits"));
    add(
        "solarize",
        scale("solarize", "levels inverted", 256, bounds(32, 64, 128, 192), "threshold"));
    add(
        "jpeg_compression",
        scale("jpeg_compression", "100 - quality", 100, bounds(10, 20, 40, 60, 80), "quality"));
    add(AUG_MIX, scale(AUG_MIX, "share of the chains", 1, SHARES, "m"));
  }

  private final double neutral;
  private final double[] bounds;
  private final List<String> values;

  /** One for no strength at all, one for each bound, and one beyond the last. */
  private final List<OperationStrength> bins = new ArrayList<>();

  private StrengthScale(
      String operation, String unit, double neutral, double[] bounds, List<String> values) {
    this.neutral = neutral;
    this.bounds = bounds;
    this.values = values;
    bins.add(new OperationStrength(operation, unit, 0, "0"));
    String from = "0";
    for (double bound : bounds) {
      String to = text(bound);
      bins.add(new OperationStrength(operation, unit, bins.size(), from + "-" + to));
      from = to;
    }
    bins.add(new OperationStrength(operation, unit, bins.size(), from + "+"));
  }

  private static StrengthScale scale(
      String operation, String unit, double neutral, double[] bounds, String... values) {
    return new StrengthScale(operation, unit, neutral, bounds, List.of(values));
  }

  private static double[] bounds(double... bounds) {
    return bounds;
  }

  private static void add(String step, StrengthScale scale) {
    BY_STEP.computeIfAbsent(step, name -> new ArrayList<>()).add(scale);
  }

  /** An effect without a strength. */
  static OperationStrength unmeasured(String operation) {
    return new OperationStrength(operation, "", 0, "any");
  }

  /**
   * What a step counts for; {@code other} if the step, or its values, are not as documented.
   *
   * @param drawn its values by name
   * @param pixels of the view
   */
  static List<OperationStrength> strengths(String step, Map<String, Double> drawn, double pixels) {
    if (UNMEASURED.contains(step)) {
      return List.of(unmeasured(step));
    }
    List<OperationStrength> result = new ArrayList<>();
    if (step.equals(ERASE) && drawn.containsKey("height") && drawn.containsKey("width")) {
      ERASED.bin(drawn.get("height") * drawn.get("width") / pixels).ifPresent(result::add);
    }
    for (StrengthScale scale : BY_STEP.getOrDefault(step, List.of())) {
      scale.largest(drawn).stream()
          .boxed()
          .flatMap(v -> scale.bin(v).stream())
          .forEach(result::add);
    }
    return result.isEmpty() ? List.of(unmeasured(OTHER)) : result;
  }

  /** Mixing a second image in, of which the image itself has the share lambda. */
  static OperationStrength mix(String kind, double lambda) {
    return Optional.ofNullable(MIXES.get(kind))
        .flatMap(scale -> scale.bin(lambda))
        .orElseGet(() -> unmeasured(OTHER));
  }

  /** How many of the following steps are part of this one. */
  static int stepsWithin(String step, Map<String, Double> drawn) {
    if (!step.equals(AUG_MIX)) {
      return 0;
    }
    return (int)
        drawn.entrySet().stream()
            .filter(value -> value.getKey().startsWith("steps_"))
            .mapToDouble(value -> Math.max(0, value.getValue()))
            .sum();
  }

  /** The value that is farthest from neutral; empty if the step has none that is a number. */
  private OptionalDouble largest(Map<String, Double> drawn) {
    double farthest = neutral;
    boolean any = false;
    for (String name : values) {
      Double value = drawn.get(name);
      if (value != null && !value.isNaN()) {
        any = true;
        farthest = Math.abs(value - neutral) >= Math.abs(farthest - neutral) ? value : farthest;
      }
    }
    return any ? OptionalDouble.of(farthest) : OptionalDouble.empty();
  }

  /** The bin of a value; empty if it is no number. */
  private Optional<OperationStrength> bin(double value) {
    double strength = Math.abs(value - neutral);
    if (Double.isNaN(strength)) {
      return Optional.empty();
    }
    if (strength == 0) {
      return Optional.of(bins.get(0));
    }
    int bin = 0;
    while (bin < bounds.length && strength > bounds[bin]) {
      bin++;
    }
    return Optional.of(bins.get(bin + 1));
  }

  private static String text(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}
