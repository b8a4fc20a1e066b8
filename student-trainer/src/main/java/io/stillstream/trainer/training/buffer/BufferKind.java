package io.stillstream.trainer.training.buffer;

/** Which of the views that came by are kept for replay. */
public enum BufferKind {
  /** A uniform sample of all. */
  RESERVOIR,
  /** The latest. */
  FIFO,
  /** As many of each class, as far as there are. */
  CLASS_BALANCED
}
