package io.stillstream.trainer.checkpoint.store;

import java.util.Map;

/** State that is kept in a file of its own in each checkpoint. Belongs to the loop's thread. */
public interface CheckpointPart {
  /**
   * Adds its file, if there is anything to keep.
   *
   * @param files by name; another thread writes them later, so nothing may change their content
   */
  void capture(Map<String, CheckpointStore.FileContent> files);

  /** Whether it has something that waits for a durable checkpoint. */
  boolean isUnsaved();

  /** The checkpoint with what was captured last is durable. */
  void durable();
}
