package io.stillstream.augmenter.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A recipe in the making: the steps so far and the size that they end with. For one thread. */
final class Draft {
  private final List<Step> steps = new ArrayList<>();
  private Size size;
  private Mixture mixture;

  /** A draft without steps. */
  Draft(Size image) {
    size = image;
  }

  /** Size of the image after the steps so far. */
  Size size() {
    return size;
  }

  /** Adds a step; what is no {@link Geometry} keeps the size. */
  void add(Step step) {
    steps.add(step);
    size =
        Geometry.named(step.name())
            .map(geometry -> geometry.apply(Frame.of(size), step).size())
            .orElse(size);
  }

  /** Adds steps in order. */
  void addAll(List<Step> more) {
    more.forEach(this::add);
  }

  /** Lets a second image be mixed in after all steps. */
  void mix(Mixture how) {
    mixture = how;
  }

  /** How a second image is mixed in; empty if none is. */
  Optional<Mixture> mixture() {
    return Optional.ofNullable(mixture);
  }

  /** The steps so far. */
  List<Step> steps() {
    return List.copyOf(steps);
  }
}
