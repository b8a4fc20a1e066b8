package io.stillstream.trainer.training.buffer;

/** What becomes of stored logits when the views begin to come from another teacher. */
public enum TeacherChangePolicy {
  /** They are drawn and replaced like all others. */
  KEEP,
  /** They are drawn, but are the first to be replaced. */
  AGE_OUT,
  /** Their views are forgotten at once. */
  DROP
}
