package io.stillstream.trainer.training.decode;

/** What is decoded first, in this order. */
public enum DecodePriority {
  /** For an update of the batch that is trained on. */
  UPDATE,
  /** For the first update of the next batch. */
  NEXT_BATCH,
  /** Records that have been fetched for later batches. */
  RECORD
}
