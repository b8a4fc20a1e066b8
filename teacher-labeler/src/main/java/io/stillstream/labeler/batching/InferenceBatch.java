package io.stillstream.labeler.batching;

import java.util.List;

/** Items that go to the teacher together, in the order in which they came. */
public record InferenceBatch<T>(List<T> items, CloseReason reason) {
  public InferenceBatch {
    items = List.copyOf(items);
    if (items.isEmpty()) {
      throw new IllegalArgumentException("a batch has at least one item");
    }
  }

  /** Why a batch closed when it did. A closed list: it is a metric's tag. */
  public enum CloseReason {
    /** It had reached its maximal size. */
    FULL,
    /** Its oldest item had waited for the maximal delay. */
    DELAY,
    /** The service was about to stop. */
    DRAIN
  }
}
