package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.recipe.MixParameters;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds a recipe: the steps so far, and the size of the image after them. For one thread. */
public final class RecipeBuilder {
  private final List<RecipeStep> steps = new ArrayList<>();
  private ImageSize size;
  private MixParameters mix;

  /** A recipe without steps. */
  public RecipeBuilder(ImageSize image) {
    size = image;
  }

  /** Size of the image after the steps so far. */
  public ImageSize size() {
    return size;
  }

  /** Adds a step; only a {@link GeometricOperation} changes the size. */
  public void add(RecipeStep step) {
    steps.add(step);
    size =
        GeometricOperation.named(step.name())
            .map(geometry -> geometry.apply(ViewTransform.of(size), step).size())
            .orElse(size);
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
