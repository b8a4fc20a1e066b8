package io.stillstream.augmenter.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The step {@code aug_mix} of a recipe: an image becomes a weighted sum of itself and of the
 * results of chains of steps. A recipe is a plain list, so the steps of the chains follow this
 * step, which holds how many belong to each: {@code weight_0}, {@code steps_0}, {@code weight_1} …
 *
 * @param imageWeight share of the image itself, {@code m} in recipes; it and the weights sum to 1
 * @param chains in the order of the recipe
 */
public record AugMixChains(double imageWeight, List<Chain> chains) {
  private static final String IMAGE_WEIGHT = "m";
  private static final String WEIGHT = "weight_";
  private static final String STEPS = "steps_";

  /**
   * One chain.
   *
   * @param weight share of its result, 0 to 1
   * @param steps applied to the image as it was; they keep its size
   */
  public record Chain(double weight, List<RecipeStep> steps) {
    public Chain {
      steps = List.copyOf(steps);
    }
  }

  /** Name of the step. */
  public static final String NAME = "aug_mix";

  public AugMixChains {
    chains = List.copyOf(chains);
  }

  /**
   * Reads the chains whose step stands at an index of a recipe.
   *
   * @throws IllegalArgumentException if the recipe ends within it, or another aug_mix lies within
   *     it
   */
  public static AugMixChains parseAt(List<RecipeStep> recipe, int index) {
    RecipeStep step = recipe.get(index);
    List<Chain> chains = new ArrayList<>();
    int next = index + 1;
    for (int i = 0; step.values().containsKey(WEIGHT + i); i++) {
      int end = next + step.intValue(STEPS + i);
      if (end < next || end > recipe.size()) {
        throw new IllegalArgumentException(NAME + " lacks steps of its chain " + i);
      }
      List<RecipeStep> steps = recipe.subList(next, end);
      if (steps.stream().anyMatch(one -> one.name().equals(NAME))) {
        throw new IllegalArgumentException(NAME + " within " + NAME);
      }
      chains.add(new Chain(step.value(WEIGHT + i), steps));
      next = end;
    }
    return new AugMixChains(step.value(IMAGE_WEIGHT), chains);
  }

  /** Whether this is true of a step of any chain. */
  public boolean anyStep(Predicate<RecipeStep> condition) {
    return chains.stream().flatMap(chain -> chain.steps().stream()).anyMatch(condition);
  }

  /** Its own step, followed by those of its chains. */
  public List<RecipeStep> steps() {
    Map<String, Double> values = new TreeMap<>();
    List<RecipeStep> steps = new ArrayList<>();
    values.put(IMAGE_WEIGHT, imageWeight);
    for (int i = 0; i < chains.size(); i++) {
      values.put(WEIGHT + i, chains.get(i).weight());
      values.put(STEPS + i, (double) chains.get(i).steps().size());
      steps.addAll(chains.get(i).steps());
    }
    steps.add(0, RecipeStep.of(NAME, values));
    return steps;
  }
}
