package io.stillstream.augmenter.operation.api;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.recipe.MixParameters;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Builds a recipe: the steps so far, and the size of the image after them. For one thread. */
public final class RecipeBuilder {
  private final BiFunction<ImageSize, RecipeStep, ImageSize> sizeAfter;
  private final List<RecipeStep> steps = new ArrayList<>();
  private ImageSize size;
  private MixParameters mix;

  /**
   * @param sizeAfter the size of an image after a step
   */
  public RecipeBuilder(ImageSize image, BiFunction<ImageSize, RecipeStep, ImageSize> sizeAfter) {
    this.size = image;
    this.sizeAfter = sizeAfter;
  }

  /** Begins a recipe for an image of the present size. */
  public RecipeBuilder branch() {
    return new RecipeBuilder(size, sizeAfter);
  }

  /** Size of the image after the steps so far. */
  public ImageSize size() {
    return size;
  }

  /** Adds a step. */
  public void add(RecipeStep step) {
    steps.add(step);
    size = sizeAfter.apply(size, step);
  }

  /** Adds steps in order. */
  public void addAll(List<RecipeStep> more) {
    more.forEach(this::add);
  }

  /** Lets a second image be mixed in after all steps. */
  public void mix(MixParameters parameters) {
    mix = parameters;
  }

  /** How a second image is mixed in; empty if none is. */
  public Optional<MixParameters> mix() {
    return Optional.ofNullable(mix);
  }

  /** The steps so far. */
  public List<RecipeStep> steps() {
    return List.copyOf(steps);
  }
}
