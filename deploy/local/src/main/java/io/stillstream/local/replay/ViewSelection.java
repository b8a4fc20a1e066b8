package io.stillstream.local.replay;

import java.util.Optional;
import java.util.OptionalInt;

/** Which views are to be made again. */
public sealed interface ViewSelection {

  /** The one that stands at an offset. */
  record ByOffset(int partition, long offset) implements ViewSelection {}

  /**
   * Those of an image.
   *
   * @param view only this one; all of them if empty
   */
  record ByImage(String imageId, OptionalInt view) implements ViewSelection {}

  /**
   * The first ones of the topic.
   *
   * @param limit how many at most, at least 1
   */
  record All(long limit) implements ViewSelection {}

  /**
   * What the options of the command line say together.
   *
   * @throws IllegalArgumentException if they say nothing, or two things, or what cannot be
   */
  static ViewSelection of(
      Optional<Integer> partition,
      Optional<Long> offset,
      Optional<String> imageId,
      Optional<Integer> view,
      boolean all,
      Optional<Long> limit) {
    require(partition.isPresent() == offset.isPresent(), "--partition and --offset go together");
    require(view.isEmpty() || imageId.isPresent(), "--view goes with --image-id");
    require(limit.isEmpty() || all, "--limit goes with --all");
    int ways = (offset.isPresent() ? 1 : 0) + (imageId.isPresent() ? 1 : 0) + (all ? 1 : 0);
    require(
        ways == 1, "give one of --partition with --offset, --image-id, --all; there are " + ways);
    partition.ifPresent(value -> requireAtLeast("--partition", value, 0));
    offset.ifPresent(value -> requireAtLeast("--offset", value, 0));
    view.ifPresent(value -> requireAtLeast("--view", value, 0));
    limit.ifPresent(value -> requireAtLeast("--limit", value, 1));
    if (all) {
      return new All(limit.orElse(Long.MAX_VALUE));
    }
    return imageId.isPresent()
        ? new ByImage(imageId.get(), view.map(OptionalInt::of).orElseGet(OptionalInt::empty))
        : new ByOffset(partition.orElseThrow(), offset.orElseThrow());
  }

  private static void requireAtLeast(String option, long value, long min) {
    require(value >= min, option + " must be at least " + min + ", was " + value);
  }

  private static void require(boolean rule, String message) {
    if (!rule) {
      throw new IllegalArgumentException(message);
    }
  }
}
