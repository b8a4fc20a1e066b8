package io.stillstream.augmenter.operation;

import io.stillstream.augmenter.operation.api.AugmentationOperation;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.random.RandomStream;
import io.stillstream.augmenter.random.UniformRange;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.settings.NumberLists;
import io.stillstream.augmenter.settings.SettingsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Brightness, contrast, saturation and hue in random order: torchvision's ColorJitter. What can
 * only be neutral is left out, as there.
 *
 * @param method whether the four are applied one by one or as one matrix
 * @param brightness factor
 * @param contrast factor
 * @param saturation factor
 * @param hue turn, −0.5 to 0.5
 */
record ColorJitter(
    Method method,
    UniformRange brightness,
    UniformRange contrast,
    UniformRange saturation,
    UniformRange hue)
    implements AugmentationOperation {

  /** How the pixels are made. */
  enum Method {
    /** Up to four steps, each clipped to 0 to 255, as in torchvision. */
    STEPS,
    /** One step {@code color_matrix}, clipped once, at the end. */
    MATRIX
  }

  /** The four in the order that their factors are drawn in, and that digits of orders count. */
  private static final List<String> NAMES = List.of("brightness", "contrast", "saturation", "hue");

  private static final UniformRange NEUTRAL_FACTOR = new UniformRange(1, 1);
  private static final String CHANCE = "factor; 0 leaves it out";

  static AugmentationOperation parse(SettingsReader settings) {
    return new ColorJitter(
        settings.oneOf(
            "method", Method.STEPS, "one after the other, or as one matrix: faster, not the same"),
        factor(settings, "brightness"),
        factor(settings, "contrast"),
        factor(settings, "saturation"),
        NumberLists.range(
            settings,
            "hue",
            new UniformRange(0, 0),
            -0.5,
            0.5,
            "turn, 1 is the full circle; 0 leaves it out"));
  }

  private static UniformRange factor(SettingsReader settings, String name) {
    return NumberLists.factor(settings, name, NEUTRAL_FACTOR, ScalarOperation.MAX_FACTOR, CHANCE);
  }

  @Override
  public void draw(RandomStream random, RecipeBuilder recipe) {
    List<String> order = order(random);
    Map<String, Double> factors = factors(random);
    order.retainAll(factors.keySet());
    if (method == Method.STEPS) {
      order.forEach(
          name ->
              recipe.add(RecipeStep.of(name, Map.of(ScalarOperation.FACTOR, factors.get(name)))));
    } else if (!order.isEmpty()) {
      double digits = 0;
      for (String name : order) {
        digits = 10 * digits + 1 + NAMES.indexOf(name);
      }
      factors.put("order", digits);
      recipe.add(RecipeStep.of("color_matrix", factors));
    }
  }

  /** Shuffles by Fisher and Yates. Takes three numbers. */
  private static List<String> order(RandomStream random) {
    List<String> left = new ArrayList<>(NAMES);
    List<String> order = new ArrayList<>();
    while (left.size() > 1) {
      order.add(left.remove(random.between(0, left.size() - 1)));
    }
    order.addAll(left);
    return order;
  }

  /** Takes one number for each factor that can be another than the neutral one. */
  private Map<String, Double> factors(RandomStream random) {
    List<UniformRange> intervals = List.of(brightness, contrast, saturation, hue);
    Map<String, Double> factors = new TreeMap<>();
    for (int i = 0; i < NAMES.size(); i++) {
      boolean isHue = i == NAMES.size() - 1;
      if (!intervals.get(i).isConstantAt(isHue ? 0 : 1)) {
        factors.put(NAMES.get(i), intervals.get(i).draw(random));
      }
    }
    return factors;
  }
}
