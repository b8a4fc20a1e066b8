package io.stillstream.augmenter.operation.geometric;

import io.stillstream.augmenter.geometry.BorderMode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The steps of recipes that only move pixels, and how each transforms a frame. Consecutive ones are
 * fused into one interpolation. All other steps change pixel values.
 */
public enum GeometricOperation {
  ROTATE(Rotate::apply),
  HORIZONTAL_FLIP(
      (frame, step) ->
          frame.compose(
              frame.size(), ProjectiveTransform.affine(-1, 0, frame.size().width(), 0, 1, 0))),
  VERTICAL_FLIP(
      (frame, step) ->
          frame.compose(
              frame.size(), ProjectiveTransform.affine(1, 0, 0, 0, -1, frame.size().height()))),
  RANDOM_CROP(RandomCrop::apply),
  RANDOM_RESIZED_CROP(RandomResizedCrop::apply),
  CENTER_CROP(CenterCrop::apply),
  PAD(Pad::apply),
  TRANSLATE(Translate::apply),
  AFFINE(Affine::apply),
  PERSPECTIVE(Perspective::apply),
  RESIZE(Resize::apply);

  private static final Map<String, GeometricOperation> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(GeometricOperation::stepName, g -> g));

  /** Transforms a frame by a step, except for its border. */
  @SuppressWarnings("ImmutableEnumChecker") // a method reference, without state
  private final BiFunction<ViewTransform, RecipeStep, ViewTransform> function;

  GeometricOperation(BiFunction<ViewTransform, RecipeStep, ViewTransform> function) {
    this.function = function;
  }

  /** Name in recipes. */
  String stepName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The frame after the step: a pure function of the frame and the step's values. A step may have a
   * value {@code fill}, 0 to 255 (0 if absent), for the outside of the image.
   *
   * @throws IllegalArgumentException if the step lacks a value
   */
  public ViewTransform apply(ViewTransform frame, RecipeStep step) {
    ViewTransform next = function.apply(frame, step);
    return next.border() != BorderMode.NONE || next.isInside()
        ? next
        : next.withBorder(border(step), fill(step));
  }

  /**
   * Whether the step can join the frame, or the frame must be rendered first. It joins unless it
   * shows the outside of the frame, and the frame has another border already. Padding joins
   * nothing, since its margin would show what an earlier step has cropped, and nothing joins a
   * mirrored border.
   */
  public boolean canFuse(ViewTransform frame, RecipeStep step) {
    if (frame.isIdentity()) {
      return true;
    }
    if (this == PAD) {
      return false;
    }
    return switch (frame.border()) {
      case NONE -> true;
      case CONSTANT -> frame.fill() == fill(step) || showsInsideOnly(frame.size(), step);
      case EDGE -> showsInsideOnly(frame.size(), step);
      case REFLECT, SYMMETRIC -> false;
    };
  }

  private boolean showsInsideOnly(ImageSize before, RecipeStep step) {
    return function.apply(ViewTransform.of(before), step).isInside();
  }

  private BorderMode border(RecipeStep step) {
    return this == PAD ? Pad.border(step) : BorderMode.CONSTANT;
  }

  private static int fill(RecipeStep step) {
    return step.values().getOrDefault("fill", 0.0).intValue();
  }

  /** Size of an image after a step; steps that change pixel values leave it. */
  public static ImageSize sizeAfter(ImageSize before, RecipeStep step) {
    return named(step.name())
        .map(geometry -> geometry.apply(ViewTransform.of(before), step).size())
        .orElse(before);
  }

  /** The operation of a recipe step; empty if the step changes pixel values. */
  public static Optional<GeometricOperation> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /**
   * How many pixels of the image one pixel spans in the first interpolation of the steps, see
   * {@link ViewTransform#reduction()}: a file may be decoded at a scale reduced by this without
   * loss of detail.
   *
   * @param image size of the image at full scale
   */
  public static double reduction(List<RecipeStep> steps, ImageSize image) {
    ViewTransform frame = ViewTransform.of(image);
    for (RecipeStep step : steps) {
      GeometricOperation geometry = named(step.name()).orElse(null);
      if (geometry == null || !geometry.canFuse(frame, step)) {
        break;
      }
      frame = geometry.apply(frame, step);
    }
    return frame.reduction();
  }
}
