package io.stillstream.labeler.batching;

/** Why a batch closed when it did. A closed list: it is a metric's tag. */
public enum BatchCloseReason {
  /** It had reached its maximal size. */
  FULL,
  /** Its oldest record had waited for the maximal delay. */
  DELAY,
  /** The service was about to stop. */
  DRAIN
}
